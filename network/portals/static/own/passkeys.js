// Passkeys: shows the buttons where the browser knows them, and carries what it and the network tell each other.
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const withBytes = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const send = async (place, address, body) => {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": place.dataset.token },
      body: JSON.stringify(body),
    });
    const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
    const elsewhere = answer.redirected ? answer.url : told.again && place.dataset.again;
    if (elsewhere) {
      window.location.assign(elsewhere); // the session is over, or its person has to prove first who they are
      return new Promise(() => {});
    }
    if (!answer.ok) throw new Error(told.error || place.dataset.failed);
    return told;
  };

  const make = async (options) => {
    const made = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: withBytes(options.excludeCredentials),
      },
    });
    const { attestationObject, clientDataJSON } = made.response;
    const transports = made.response.getTransports ? made.response.getTransports() : [];
    return { made, response: { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON), transports } };
  };

  const prove = async (options) => {
    const made = await navigator.credentials.get({
      publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) },
    });
    const { authenticatorData, clientDataJSON, signature, userHandle } = made.response;
    const response = {
      authenticatorData: text(authenticatorData),
      clientDataJSON: text(clientDataJSON),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    };
    return { made, response };
  };

  const run = async (place) => {
    const begun = await send(place, place.dataset.begin, {});
    const { made, response } = await ("new" in place.dataset ? make : prove)(begun.options);
    const credential = {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      authenticatorAttachment: made.authenticatorAttachment || undefined,
      clientExtensionResults: made.getClientExtensionResults(),
      response,
    };
    const name = place.querySelector("input")?.value;
    const told = await send(place, place.dataset.finish, { challenge: begun.challenge, credential, name });
    window.location.assign(told.next);
  };

  for (const place of document.querySelectorAll("[data-passkey]")) {
    const button = place.querySelector("button");
    const complaint = place.querySelector("[role=alert]");
    place.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      complaint.hidden = true;
      try {
        await run(place);
      } catch (failure) {
        // A DOMException is the browser's own word for "cancelled" or "none here", in no language of ours.
        const known = failure.name === "InvalidStateError" && place.dataset.known; // it has one for us already
        complaint.textContent = known || (failure instanceof DOMException ? place.dataset.failed : failure.message);
        complaint.hidden = false;
      } finally {
        button.disabled = false;
      }
    });
  }
  for (const divider of document.querySelectorAll(".passkey-divider")) divider.hidden = false;
})();
