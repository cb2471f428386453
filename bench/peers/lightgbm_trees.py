"""What trees-bench.ts asks for in LightGBM. Speaks the protocol of peer.ts; files are read before anything is timed."""

import json
import sys
import time

# LightGBM loads these where they are installed, and uses none of them for arrays: its memory is to be its own.
for name in ("pandas", "sklearn", "pyarrow", "cffi", "matplotlib", "graphviz", "dask"):
    sys.modules[name] = None

import lightgbm
import numpy


def prepare_training(request):
    features, label = (numpy.load(request["data"][name]) for name in ("features", "label"))
    parameters = {**request["parameters"], "num_threads": request["threads"], "verbosity": -1}

    def train():
        ends = []
        start = time.perf_counter()
        data = lightgbm.Dataset(features, label, params=parameters).construct()
        model = lightgbm.train(parameters, data, request["iterations"],
                               callbacks=[lambda _: ends.append(time.perf_counter() - start)])
        seconds = time.perf_counter() - start
        model.save_model(request["model"])
        before = ends[0] - numpy.median(numpy.diff(ends))
        return before, seconds - before

    return train


def prepare_prediction(request):
    features = numpy.load(request["data"]["features"])
    model = lightgbm.Booster(model_file=request["model"])

    def predict():
        start = time.perf_counter()
        predictions = model.predict(features, num_threads=request["threads"])
        seconds = time.perf_counter() - start
        numpy.save(request["predictions"], predictions)
        return (seconds,)

    return predict


def main():
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        if step is None:
            step = {"train": prepare_training, "predict": prepare_prediction}[request["task"]](request)
            answer = {"description": f"LightGBM {lightgbm.__version__}, {request['threads']} thread(s)"}
        else:
            taken = [step() for _ in range(request["steps"])]
            values = [sum(part) for part in zip(*taken)]
            answer = {"values": values, "seconds": sum(values)}
        print(json.dumps(answer), flush=True)


main()
