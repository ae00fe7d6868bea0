"""Pipelines, under an old name."""

from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Support.Deprecate import makeClassStub

__all__ = ["pipeline"]

pipeline = makeClassStub(
    Pipeline,
    "use Kamaelia.Chassis.Pipeline.Pipeline instead of "
    "Kamaelia.Util.PipelineComponent.pipeline",
)
