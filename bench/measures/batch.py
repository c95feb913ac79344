"""A file of 100,000 earns, in turns with the reference posting on the same server."""

from collections.abc import Callable

from bench.batch import Posted, post_file, workers
from bench.results import Row
from bench.rounds import interleave, median
from bench.run import Run
from bench.usage import used


def earns(run: Run) -> list[Row]:
    """Rows a second, from the first byte of the file sent to the last line posted, against reference earns a second."""
    plan, web = run.plan, run.web
    members = [line.split()[0] for line in run.house.members.read_text().splitlines()]
    postmaster = run.house.postmaster()
    files: list[Posted] = []
    spent: dict[str, list[float]] = {"workers": [], "web": [], "PostgreSQL": []}

    def ours(processes: list[int]) -> float:
        run.house.settle_down(plan.burn_points)
        before = _used(web.process_id, processes, postmaster)
        files.append(post_file(web, members, plan.batch_rows, plan.earn_points * 100))
        after = _used(web.process_id, processes, postmaster)
        for part in spent:
            spent[part].append((after[part] - before[part]) / plan.batch_rows * 1e6)
        return files[-1].rate

    with workers(run.servers, run.house.database, plan.workers) as processes:
        post_file(web, members, plan.batch_rows // 10, plan.earn_points * 100)  # everybody has come up
        sides: dict[str, Callable[[], float]] = {"ours": lambda: ours(processes)}
        yardstick = run.yardstick
        if yardstick is not None:
            sides["reference"] = lambda: yardstick.earn(plan.connections, plan.seconds)
        samples = interleave(plan.rounds, sides)
    limit = median(samples["reference"]) if "reference" in samples else None
    name = f"batch of {plan.batch_rows:,} earns"
    upload, work = median([each.upload_seconds for each in files]), [each.rows / each.work_seconds for each in files]
    told = " + ".join(f"{part} {median(found):,.0f}" for part, found in spent.items())
    note = f"{plan.workers} workers; the upload takes {upload:.1f} s of it; CPU of a row in µs: {told}"
    return [
        Row(name, "a second", median(samples["ours"]), limit, 2, 3.5, True, note, {**samples, **spent}),
        Row("  once it is uploaded", "a second", median(work), limit, samples={"ours": work}),
    ]


def _used(web: int, processes: list[int], postmaster: int) -> dict[str, float]:
    """Seconds of processor time so far; zeros where Linux doesn't tell."""
    each = [used(process, postmaster) for process in (web, *processes)]
    told = [found for found in each if found is not None]
    if not told:
        return {"workers": 0.0, "web": 0.0, "PostgreSQL": 0.0}
    return {
        "web": told[0].web,
        "workers": sum(found.web for found in told[1:]),
        "PostgreSQL": told[0].postgres,
    }
