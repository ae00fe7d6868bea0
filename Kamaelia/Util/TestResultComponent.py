"""Test results, under an old name."""

from Kamaelia.Support.Deprecate import makeClassStub
from Kamaelia.Util.TestResult import StopSystem, StopSystemException, TestResult

__all__ = ["StopSystem", "StopSystemException", "testResultComponent"]

testResultComponent = makeClassStub(  # noqa: N816 - the name of the original
    TestResult,
    "use Kamaelia.Util.TestResult.TestResult instead of "
    "Kamaelia.Util.TestResultComponent.testResultComponent",
)
