"""The requests service: its rules behind the chassis's command service."""

from services.chassis.commands.domain import Domain
from services.requests import rules, subjects, view, warnings, worklist

DOMAIN = Domain(
    subject_of=subjects.subject_of,
    region_of=subjects.region_of,
    faults_in=rules.faults_in,
    faults_against=rules.faults_against,
    warnings=warnings.warnings,
    observe=view.observe,
    observed_topics=view.TOPICS,
    worklist=worklist.WORKLIST,
)
