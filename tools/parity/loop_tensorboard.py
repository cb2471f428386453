"""Event files of a run that was killed and resumed, by TensorBoard 2.21.0's own messages and record writer, and what its readers see.

    pip install -r tools/parity/loop-requirements.txt
    python tools/parity/loop_tensorboard.py    writes packages/prefkit/src/loop/loggers/goldens/tensorboard.json

The first session logs steps 1 to 4 and is killed within the last event; the checkpoint is of step 2; the second session goes on with
step 3. `EventAccumulator` is the reader that scripts use, `plugin_event_accumulator` that of TensorBoard without its data server.
"""

import base64
import io
import json
import tempfile
from pathlib import Path

import numpy as np
from tensorboard.backend.event_processing import event_accumulator, plugin_event_accumulator
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util import tensor_util

OUT = Path(__file__).resolve().parents[2] / "packages/prefkit/src/loop/loggers/goldens/tensorboard.json"
WALL_TIME = 1790000000.125


def scalar(tag, value):
    return summary_pb2.Summary.Value(tag=tag, simple_value=value)


def text(tag, value):
    tensor = tensor_pb2.TensorProto(dtype=7, string_val=[value.encode()])
    tensor.tensor_shape.dim.add(size=1)
    metadata = summary_pb2.SummaryMetadata()
    metadata.plugin_data.plugin_name = "text"
    return summary_pb2.Summary.Value(tag=tag, tensor=tensor, metadata=metadata)


def histogram(tag, values):
    array = np.array(values)
    counts, edges = np.histogram(array, bins=30 if array.min() < array.max() else 1)
    proto = summary_pb2.HistogramProto(
        min=array.min(), max=array.max(), num=len(array), sum=array.sum(), sum_squares=array.dot(array),
        bucket_limit=edges[1:] if len(counts) > 1 else [array.max()], bucket=counts,
    )
    return summary_pb2.Summary.Value(tag=tag, histo=proto)


def summary(step, *values):
    return event_pb2.Event(wall_time=WALL_TIME, step=step, summary=summary_pb2.Summary(value=values))


def session(first_step, events):
    """The bytes of a file, and where its last event begins."""
    version = event_pb2.Event(wall_time=WALL_TIME, file_version="brain.Event:2")
    version.source_metadata.writer = "prefkit"
    start = event_pb2.Event(wall_time=WALL_TIME, step=first_step)
    start.session_log.status = event_pb2.SessionLog.START
    file = io.BytesIO()
    writer = RecordWriter(file)
    for event in [version, start, *events]:
        last = file.tell()
        writer.write(event.SerializeToString())
    return file.getvalue(), last


# Powers of two and their sums: their buckets and moments are the same whatever the order of additions.
REWARDS = [-1.0, -0.5, 0.0, 0.25, 0.25, 2.75, 14.0]


def step(number, reward):
    return [
        summary(number, scalar("reward", reward), scalar("rewards/länge/mean", -0.0), scalar("kl", float("nan")),
                text("note", f"step {number}: ½")),
        summary(number, histogram("distributions/reward", REWARDS), histogram("distributions/same", [0.5, 0.5])),
    ]


first, last = session(0, [event for i in range(1, 5) for event in step(i, i / 10)])
second, _ = session(3, [event for i in (3, 300) for event in step(i, i / 5)])
killed = first[: last + 20]


def read():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "events.out.tfevents.1790000000.prefkit").write_bytes(killed)
        Path(folder, "events.out.tfevents.1790000001.prefkit").write_bytes(second)
        sizes = {"scalars": 0, "histograms": 0, "tensors": 0}
        scripts = event_accumulator.EventAccumulator(folder, sizes).Reload()
        server = plugin_event_accumulator.EventAccumulator(folder, {"tensors": 0}).Reload()
        histograms = scripts.Histograms("distributions/reward")
        return {
            "tags": {kind: scripts.Tags()[kind] for kind in ("scalars", "histograms")},
            "reward": [[event.step, event.value] for event in scripts.Scalars("reward")],
            "rewardOfServer": [[e.step, tensor_util.make_ndarray(e.tensor_proto).item()] for e in server.Tensors("reward")],
            "noteOfServer": [
                [e.step, tensor_util.make_ndarray(e.tensor_proto).tolist()[0].decode()] for e in server.Tensors("note")
            ],
            "histogramSteps": [event.step for event in histograms],
            "histogram": {"num": histograms[0].histogram_value.num, "bucket": histograms[0].histogram_value.bucket},
        }


if __name__ == "__main__":
    golden = {
        "reference": "TensorBoard 2.21.0",
        "wallTime": WALL_TIME,
        "rewards": REWARDS,
        "first": base64.b64encode(first).decode(),
        "second": base64.b64encode(second).decode(),
        "read": read(),
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
