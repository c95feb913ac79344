// Turns the code on the card when its thirty seconds are over. Without scripts the whole page is loaded again.
(() => {
  const place = document.getElementById("code");
  let ends = 0;

  const begin = () => {
    const bar = place.querySelector("progress");
    ends = Date.now() + Number(bar.dataset.seconds) * 1000;
  };

  const turn = async () => {
    ends = Infinity; // until the answer is there
    try {
      const answer = await fetch(place.dataset.url, { redirect: "manual" });
      if (answer.type === "opaqueredirect") return window.location.reload(); // signed out meanwhile
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...page.body.children);
      begin();
    } catch {
      place.querySelector(".till-code").textContent = place.dataset.stale; // an old code is no use at the till
      ends = Date.now() + 5000;
    }
  };

  setInterval(() => {
    const left = ends - Date.now();
    const bar = place.querySelector("progress");
    if (bar && Number.isFinite(left)) bar.value = Math.max(0, left / 1000);
    if (left <= 0 && document.visibilityState === "visible") turn();
  }, 500);
  begin();
})();
