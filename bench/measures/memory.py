"""Whether a web process grows."""

from bench.load import Load, so_many
from bench.results import Row
from bench.run import Run
from bench.usage import resident_kib, workers_of

_SLOWEST_RATE = 100.0


def resident(run: Run) -> list[Row]:
    """Resident memory of a web process after so many requests, against after fewer: earns and burns in turns."""
    plan = run.plan
    with run.house.serve(plan, processes=1) as web:
        sizes, done, samples = {}, 0, []
        for target in (plan.memory_before, plan.memory_after):
            while done < target:
                some = min(5_000, target - done)
                load = Load("burn" if done // 5_000 % 4 == 3 else "earn", known=run.house.shape.known_by)
                if load.kind == "burn":
                    run.house.settle_down(plan.burn_points)
                so_many(web, load, requests=some, connections=8, seconds=some / _SLOWEST_RATE)
                done += some
                samples.append(max(map(resident_kib, workers_of(web.process_id)), default=0) / 1024)
            sizes[target] = samples[-1]
    name = f"memory of a web process after {plan.memory_after:,} requests against {plan.memory_before:,}"
    before, after = sizes[plan.memory_before], sizes[plan.memory_after]
    return [Row(name, "MiB", after, before, 1.05, 1.0, False, "", {"resident": samples})]
