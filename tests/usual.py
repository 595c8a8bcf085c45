"""What is usual: the tiers that Tandem is made for, requests measured by the classifier that ships."""

from router.config.classifier_file import read_classifier
from router.core.case import Usual
from router.core.signals import measure_by
from router.engines.dialects import USUAL_TIERS
from router.review.circumstances import Circumstances
from tests.classifiers import SHIPPED

HEADS = read_classifier(SHIPPED).heads

measure = measure_by(HEADS)

SCALE = HEADS.thresholds.difficulty_bands
"""Those of difficulty."""

USUAL = Usual(USUAL_TIERS, measure, SCALE)

FIRST_REQUEST = Circumstances(USUAL)
"""An owner's first request to idle tiers."""
