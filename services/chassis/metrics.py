"""Every metric, in one place. Base units, bounded labels, nothing about a person or a caller."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, disable_created_metrics
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from services.chassis.bulk_histogram import BulkHistogram

# A second series per counter, with the time at which it began, would say nothing here.
disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

BUILD_INFO = Info("bosatt_build", "What is running.", registry=REGISTRY)

HTTP_DURATION = Histogram(
    "bosatt_http_request_duration_seconds",
    "Time from a request's arrival to its answer.",
    ("service", "route", "method", "code"),
    buckets=_FAST,
    registry=REGISTRY,
)
HTTP_IN_FLIGHT = Gauge("bosatt_http_requests_in_flight", "Requests being answered now.", registry=REGISTRY)
AUTH_FAILURES = Counter(
    "bosatt_auth_failures_total",
    "Requests that were not let in, by why; never by whom.",
    ("service", "reason"),
    registry=REGISTRY,
)
RATE_LIMITED = Counter(
    "bosatt_rate_limited_total",
    "Requests refused because their caller had asked for too much.",
    ("service",),
    registry=REGISTRY,
)
KEY_FETCHES = Counter(
    "bosatt_auth_key_fetches_total",
    "Fetches of an issuer's keys, by how they ended (done, failed).",
    ("outcome",),
    registry=REGISTRY,
)
ORGANISATIONS_FAULTY = Gauge(
    "bosatt_organisations_faulty",
    "1 while the file of organisations has faults, so that an older one is in force.",
    registry=REGISTRY,
)
COMMANDS = Counter(
    "bosatt_commands_total",
    "Events posted, by what became of them.",
    ("service", "type", "outcome"),
    registry=REGISTRY,
)
COMMANDS_REJECTED = Counter(
    "bosatt_commands_rejected_total",
    "Rules broken by events that were refused; one event may break several.",
    ("service", "rule"),
    registry=REGISTRY,
)
LOOP_FAILURES = Counter(
    "bosatt_loop_failures_total",
    "Rounds of a background loop that failed and were tried again after a pause.",
    ("loop",),
    registry=REGISTRY,
)
RELAY_LEADER = Gauge(
    "bosatt_relay_leader", "1 while this process relays for the service.", ("service",), registry=REGISTRY
)
SERVICE_CLOSED = Gauge(
    "bosatt_service_closed",
    "1 while a service takes no commands because the log holds more than its store: restore it.",
    ("service",),
    registry=REGISTRY,
)
RELAY_PUBLISHED = Counter(
    "bosatt_relay_published_total",
    "Records acknowledged by the log, repeats included.",
    ("service",),
    registry=REGISTRY,
)
RELAY_FAILURES = Counter(
    "bosatt_relay_failures_total",
    "Rounds of the relay that failed and were begun anew.",
    ("service", "reason"),
    registry=REGISTRY,
)
CONSUMER_LAG = Gauge(
    "bosatt_consumer_lag_records",
    "Records on the log that the projection has not read yet.",
    ("topic", "partition"),
    registry=REGISTRY,
)
CONSUMER_DUPLICATES = Counter(
    "bosatt_consumer_duplicates_total",
    "Records skipped because they had been applied before.",
    ("topic",),
    registry=REGISTRY,
)
LOG_GAPS = Counter(
    "bosatt_log_gaps_total",
    "Records dropped because one before them was missing; the relay sends them again.",
    ("topic",),
    registry=REGISTRY,
)
CONSUMER_UNREADABLE = Counter(
    "bosatt_consumer_unreadable_total",
    "Records that a group of consumers could make no sense of and put aside or left out.",
    ("group", "topic"),
    registry=REGISTRY,
)
OPERATIONS_IGNORED = Counter(
    "bosatt_operations_ignored_total",
    "Retries and drops of events that changed nothing, by why.",
    ("reason",),
    registry=REGISTRY,
)
CONSUMER_STOPPED = Gauge(
    "bosatt_consumer_partition_stopped",
    "1 while a partition is stopped because its chain of records is broken.",
    ("group", "topic", "partition"),
    registry=REGISTRY,
)
CONSUMER_RESTARTS = Counter(
    "bosatt_consumer_restarts_total",
    "Batches forgotten and read anew, by reason.",
    ("group", "reason"),
    registry=REGISTRY,
)
PROJECTION_LAST_COMMIT = Gauge(
    "bosatt_projection_last_commit_timestamp_seconds",
    "When the projection last committed a batch.",
    registry=REGISTRY,
)
EVENT_TO_PROJECTED = BulkHistogram(
    "bosatt_event_to_projected_seconds",
    "Time from an event's recording to the commit of its batch in the projection.",
    (*_FAST, 30.0, 60.0, 300.0),
)
REGISTRY.register(EVENT_TO_PROJECTED)
HEARTBEAT_PROJECTED = Gauge(
    "bosatt_heartbeat_projected_timestamp_seconds",
    "Moment of the newest heartbeat behind which everything recorded is projected.",
    ("partition",),
    registry=REGISTRY,
)
RELEASE_PUBLISHED = Gauge(
    "bosatt_release_published_timestamp_seconds", "When the newest release was published.", registry=REGISTRY
)
RELEASE_WITHHELD = Gauge(
    "bosatt_release_cells_withheld", "Cells that the newest release withholds.", registry=REGISTRY
)
GRAPHQL_OPERATIONS = Counter(
    "bosatt_graphql_operations_total",
    "GraphQL operations, by type and outcome.",
    ("operation_type", "outcome"),
    registry=REGISTRY,
)
GRAPHQL_DURATION = Histogram(
    "bosatt_graphql_duration_seconds", "Time to answer a GraphQL operation.", buckets=_FAST, registry=REGISTRY
)
GRAPHQL_REJECTED = Counter(
    "bosatt_graphql_rejected_total",
    "GraphQL requests refused before execution.",
    ("reason",),
    registry=REGISTRY,
)
GRAPHQL_ANSWERS = Counter(
    "bosatt_graphql_answers_total",
    "GraphQL answers, from memory or by execution.",
    ("source",),
    registry=REGISTRY,
)
GRAPHQL_OBJECTS = Counter(
    "bosatt_graphql_objects_total",
    "Objects that clients asked for and were counted, by whether they named themselves.",
    ("client",),
    registry=REGISTRY,
)
GRAPHQL_PERSISTED = Counter(
    "bosatt_graphql_persisted_total",
    "Persisted queries: kept, found, not found, or sent with a hash of something else.",
    ("outcome",),
    registry=REGISTRY,
)
DOWNLOADS = Counter(
    "bosatt_downloads_total",
    "Downloads asked for, by table, form and outcome: made, unchanged, busy, too_much.",
    ("table", "form", "outcome"),
    registry=REGISTRY,
)
UPLOADS = Counter(
    "bosatt_uploads_total",
    "Work on files that caseworkers gave: tried, posted or failed.",
    ("kind", "stage"),
    registry=REGISTRY,
)
