import gc
import subprocess
import sys


def test_garbage_is_looked_for_rarely_and_not_among_what_a_process_begins_with() -> None:
    told = "from services.chassis.memory import collect_rarely; import gc; collect_rarely(); "
    shown = "print(gc.isenabled(), gc.get_threshold()[0], gc.get_freeze_count() > 1000)"

    output = subprocess.run([sys.executable, "-c", told + shown], capture_output=True, text=True, check=True)

    assert output.stdout.split() == ["True", "100000", "True"]
    assert gc.get_threshold()[0] < 100_000, "only the process that asked for it"
