"""Writes reference.json: what numpy, pandas and pingouin find on the same marks. Run by hand when a statistic is added:

    python3 -m venv venv && venv/bin/pip install numpy pandas pingouin && venv/bin/python make.py
"""

import importlib.metadata
import json
import pathlib

import numpy as np
import pandas as pd
import pingouin

rng = np.random.default_rng(20261128)
out = {"packages": {name: importlib.metadata.version(name) for name in ["numpy", "pandas", "pingouin"]}}

# 60 candidates, 12 questions of one mark, difficulties spread.
ability = rng.normal(0, 1, (60, 1))
marks = (rng.logistic(0, 1, (60, 12)) < 1.4 * ability - np.linspace(-1.8, 1.8, 12)).astype(int)
frame = pd.DataFrame(marks)
alpha, _ = pingouin.cronbach_alpha(frame)
out["items"] = {
    "marks": marks.tolist(),
    "p": frame.mean().tolist(),
    "discrimination": [float(frame[i].corr(frame.drop(columns=[i]).sum(axis=1))) for i in frame],
    "alpha": float(alpha),
    "error": float(frame.sum(axis=1).std() * np.sqrt(1 - alpha)),
}

# Two groups, two forms of 40 with an anchor of 12 in each; group 2 is abler, form Y is harder.
def group(n, mean, hard):
    skill = rng.normal(mean, 1, n)
    draw = lambda count, shift: rng.binomial(count, 1 / (1 + np.exp(-(skill - shift))))
    anchor = draw(12, 0.0)
    return np.column_stack([anchor + draw(28, hard), anchor]).astype(float)


x, y = group(300, 0.0, 0.0), group(260, 0.3, 0.25)


def chained(x, y):
    to_anchor = x[:, 1].std() / x[:, 0].std()
    to_y = y[:, 0].std() / y[:, 1].std()
    slope = to_anchor * to_y
    return slope, y[:, 0].mean() + to_y * (x[:, 1].mean() - to_anchor * x[:, 0].mean() - y[:, 1].mean())


def tucker(x, y, w=1.0):
    cx, cy = np.cov(x.T, ddof=0), np.cov(y.T, ddof=0)
    gx, gy = cx[0, 1] / cx[1, 1], cy[0, 1] / cy[1, 1]
    dm, dv = x[:, 1].mean() - y[:, 1].mean(), cx[1, 1] - cy[1, 1]
    mx, my = x[:, 0].mean() - (1 - w) * gx * dm, y[:, 0].mean() + w * gy * dm
    vx = cx[0, 0] - (1 - w) * gx**2 * dv + w * (1 - w) * gx**2 * dm**2
    vy = cy[0, 0] + w * gy**2 * dv + w * (1 - w) * gy**2 * dm**2
    slope = np.sqrt(vy / vx)
    return slope, my - slope * mx


def bootstrap(method, at, draws=4000):
    found = []
    for _ in range(draws):
        slope, intercept = method(x[rng.integers(0, len(x), len(x))], y[rng.integers(0, len(y), len(y))])
        found.append(intercept + slope * at)
    return float(np.std(found, ddof=1))


def mean_sigma(x, y):
    slope = y[:, 0].std() / x[:, 0].std()
    return slope, y[:, 0].mean() - slope * x[:, 0].mean()


out["equating"] = {
    "x": x.tolist(),
    "y": y.tolist(),
    "tucker": list(map(float, tucker(x, y))),
    "tucker_half": list(map(float, tucker(x, y, 0.5))),
    "chained": list(map(float, chained(x, y))),
    "mean_sigma": list(map(float, mean_sigma(x, y))),
    "errors": [
        [at, bootstrap(tucker, at), bootstrap(chained, at), bootstrap(mean_sigma, at)] for at in [10.0, 20.0, 30.0]
    ],
}
pathlib.Path(__file__).with_name("reference.json").write_text(json.dumps(out) + "\n")
