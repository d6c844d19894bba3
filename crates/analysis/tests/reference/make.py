"""Writes reference.json: the figures that other people's packages find on the same values. Run by hand when a statistic is added:

    python3 -m venv venv && venv/bin/pip install pingouin krippendorff girth raschpy && venv/bin/python make.py

What no package computes (the polytomous many-facet model by joint maximum likelihood) is maximised here by scipy, from a likelihood written down
once more and in another way: over a design matrix, without thought for speed.
"""

import importlib.metadata
import json
import pathlib
import warnings

import girth
import krippendorff
import numpy as np
import pandas as pd
import pingouin
import raschpy
import scipy.optimize
import scipy.stats
import statsmodels.api as sm
from statsmodels.discrete.conditional_models import ConditionalLogit
from statsmodels.stats.proportion import proportion_confint

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20261126)
out = {
    "packages": {
        name: importlib.metadata.version(name)
        for name in ["pingouin", "krippendorff", "girth", "raschpy", "statsmodels", "scipy", "numpy", "pandas"]
    }
}


def cells(array):
    return [[None if np.isnan(value) else float(value) for value in row] for row in np.asarray(array, dtype=float)]


# Intraclass correlation: pingouin, intervals not rounded.
def icc(marks):
    n, k = marks.shape
    long = pd.DataFrame(
        {"target": np.repeat(range(n), k), "judge": np.tile(range(k), n), "mark": np.asarray(marks, dtype=float).ravel()}
    )
    old = pingouin.options["round.column.CI95"]
    pingouin.options["round.column.CI95"] = None
    found = pingouin.intraclass_corr(long, "target", "judge", "mark").set_index("Type")
    pingouin.options["round.column.CI95"] = old
    forms = []
    for name in ["ICC(1,1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)"]:
        row = found.loc[name]
        low, high = row["CI95"]
        forms.append([float(x) for x in (row["ICC"], low, high, row["F"], row["df1"], row["df2"], row["pval"])])
    return {"marks": cells(marks), "forms": forms}


shrout_fleiss = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
panel = np.round(rng.normal(7, 1.2, (17, 1)) + rng.normal(0, 0.8, (17, 5)) + rng.normal(0, 0.6, (1, 5)), 1)
unlike = np.round(rng.normal(7, 1.0, (9, 3)), 2)
out["icc"] = [icc(shrout_fleiss), icc(panel), icc(unlike)]

# Cronbach's alpha with Feldt's interval: pingouin (rounds its bounds to three places) and scipy's F; alpha without an aspect: pingouin again.
ability = rng.normal(0, 1, (23, 1))
marks = np.clip(np.round(5 + 2 * ability + rng.normal(0, 2.0, (23, 7)), 1), 0, 10)
marks[3, 2] = np.nan
frame = pd.DataFrame(marks)
# Complete rows only: with nan_policy="listwise" this version counts the rows it left out into the interval's degrees of freedom.
whole = frame.dropna()
alpha, rounded = pingouin.cronbach_alpha(whole)
n, k = whole.shape
interval = [1 - (1 - alpha) * scipy.stats.f.ppf(p, n - 1, (n - 1) * (k - 1)) for p in (0.975, 0.025)]
assert np.allclose(interval, rounded, atol=6e-4)
out["alpha"] = {
    "marks": cells(marks),
    "alpha": float(alpha),
    "interval": interval,
    "without": [float(pingouin.cronbach_alpha(whole.drop(columns=[i]))[0]) for i in range(k)],
    "error": float(whole.sum(axis=1).std() * np.sqrt(1 - alpha)),
    "item_rest": [float(whole[i].corr(whole.drop(columns=[i]).sum(axis=1))) for i in range(k)],
    "difficulty": [float(frame[i].mean() / 10) for i in range(k)],
    "full": [float((frame[i].dropna() == 10).mean()) for i in range(k)],
    "zero": [float((frame[i].dropna() == 0).mean()) for i in range(k)],
}

# Krippendorff's alpha: judges in rows for the package, in columns for us.
published = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, np.nan, np.nan, np.nan],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, np.nan, 3],
        [np.nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, np.nan],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, np.nan],
    ]
)
levels = np.clip(np.round(rng.normal(1.6, 0.9, (1, 60)) + rng.normal(0, 0.6, (5, 60))), 0, 3)
levels[rng.random(levels.shape) < 0.3] = np.nan
shares = np.round(np.clip(rng.normal(0.6, 0.2, (1, 40)) + rng.normal(0, 0.08, (3, 40)), 0, 1), 2)
shares[rng.random(shares.shape) < 0.15] = np.nan
out["krippendorff"] = [
    {
        "marks": cells(values.T),
        "alpha": [float(krippendorff.alpha(values, level_of_measurement=level)) for level in ("nominal", "ordinal", "interval", "ratio")],
    }
    for values in (published, levels, shares)
]

# Its bootstrap: units drawn with replacement, the package's alpha each time. Chance differs from ours, so the bounds are near and not equal.
units = levels[:, np.sum(~np.isnan(levels), axis=0) >= 2]
drawn = [
    krippendorff.alpha(units[:, rng.integers(0, units.shape[1], units.shape[1])], level_of_measurement="ordinal")
    for _ in range(6000)
]
out["krippendorff_bootstrap"] = [float(bound) for bound in np.quantile(drawn, [0.025, 0.975])]

# Means and slopes with clusters: statsmodels, t with clusters - 1.
cluster = rng.integers(0, 12, 90)
x = rng.uniform(0, 9, 90)
y = 0.05 * x + rng.normal(0, 0.3, 12)[cluster] + rng.normal(0, 0.4, 90)


def clustered(design):
    fit = sm.OLS(y, design).fit(cov_type="cluster", cov_kwds={"groups": cluster}, use_t=True)
    low, high = np.asarray(fit.conf_int())[-1]
    return [float(fit.params[-1]), float(fit.bse[-1]), float(low), float(high)]


out["clustered"] = {
    "points": [[int(c), float(a), float(b)] for c, a, b in zip(cluster, x, y)],
    "mean": clustered(np.ones((90, 1))),
    "slope": clustered(sm.add_constant(x)),
}

out["wilson"] = [[h, n, *map(float, proportion_confint(h, n, method="wilson"))] for h, n in ((0, 9), (5, 9), (9, 9), (61, 77), (1, 400))]
out["quantiles"] = {"values": sorted(map(float, y[:11])), "at": [[p, float(np.quantile(y[:11], p))] for p in (0.025, 0.25, 0.5, 0.75, 0.9)]}

out["percentiles"] = {
    "marks": (marks_of := [float(v) for v in rng.integers(0, 9, 20)]),
    "percentiles": [float(scipy.stats.percentileofscore(marks_of, v, kind="mean") / 100) for v in marks_of],
    "quartiles": [float(v) for v in np.quantile(np.array(marks_of) / 10, [0.25, 0.5, 0.75])],
}


# Many facets. Competitors x aspects x judges, with a scale for each aspect or one for all, and some ratings missing.
def simulate(competitors, difficulties, severities, thresholds, missing):
    rows = []
    ability = rng.normal(0, 1.2, competitors)
    for n in range(competitors):
        for i, difficulty in enumerate(difficulties):
            for j, severity in enumerate(severities):
                if rng.random() < missing:
                    continue
                steps = np.cumsum(np.r_[0, ability[n] - difficulty - severity - np.asarray(thresholds)])
                p = np.exp(steps - steps.max())
                rows.append((n, i, j, int(rng.choice(len(p), p=p / p.sum()))))
    rows = np.array(rows)
    # Nobody extreme, so that nothing is taken out.
    while True:
        bad = [
            (rows[:, facet] == who)
            for facet in range(3)
            for who in np.unique(rows[:, facet])
            if len({*rows[rows[:, facet] == who, 3]} - {0}) == 0 or len({*rows[rows[:, facet] == who, 3]} - {len(thresholds)}) == 0
        ]
        if not bad:
            return rows
        rows = rows[~np.any(bad, axis=0)]


def effects(values):
    """A column for each but the last, which is minus the sum of the others."""
    known = np.unique(values)
    codes = np.searchsorted(known, values)
    matrix = np.vstack([np.eye(len(known) - 1), -np.ones(len(known) - 1)])
    return matrix[codes], matrix


# Yes or no: a logistic regression, by statsmodels.
rows = simulate(40, np.linspace(-1, 1, 6), [0.6, 0.0, -0.6], [0.0], 0.15)
aspects, of_aspects = effects(rows[:, 1])
judges, of_judges = effects(rows[:, 2])
who, competitors = np.unique(rows[:, 0], return_inverse=True)
design = np.hstack([np.eye(len(who))[competitors], -aspects, -judges])
fit = sm.Logit(rows[:, 3], design).fit(disp=0, method="newton", maxiter=100, tol=1e-14)
cov, params = fit.cov_params(), fit.params
spread = scipy.linalg.block_diag(np.eye(len(who)), of_aspects, of_judges)
all_params, all_errors = spread @ params, np.sqrt(np.diag(spread @ cov @ spread.T))
p = fit.predict(design)
residual, weight = rows[:, 3] - p, p * (1 - p)


def mean_squares(residual, weight, members):
    return [
        [float((residual[m] ** 2).sum() / weight[m].sum()), float((residual[m] ** 2 / weight[m]).mean())]
        for m in members
    ]


members = [rows[:, facet] == one for facet in range(3) for one in np.unique(rows[:, facet])]
out["facets_yes_no"] = {
    "ratings": rows.tolist(),
    "logits": all_params.tolist(),
    "errors": all_errors.tolist(),
    "fit": mean_squares(residual, weight, members),
    "log_likelihood": float(fit.llf),
}
# The same ratings conditionally, without any approximation: statsmodels' conditional logistic regression.
conditional = ConditionalLogit(rows[:, 3], np.hstack([-aspects, -judges]), groups=competitors).fit(disp=0, method="newton")
out["facets_yes_no"]["conditional"] = (scipy.linalg.block_diag(of_aspects, of_judges) @ conditional.params).tolist()


# Four categories: scipy over the design matrix of categories.
def polytomous(rows, scale_of):
    names = [sorted({*rows[:, facet]}) for facet in range(3)]
    scales = sorted({*scale_of})
    sizes = [len(names[0]), len(names[1]) - 1, len(names[2]) - 1] + [2] * len(scales)
    starts = np.r_[0, np.cumsum(sizes)]
    contrast = lambda m: np.vstack([np.eye(m - 1), -np.ones(m - 1)])
    tensor = np.zeros((len(rows), 4, starts[-1]))
    for r, (n, i, j, _) in enumerate(rows):
        base = np.zeros(starts[-1])
        base[starts[0] + names[0].index(n)] = 1
        base[starts[1] : starts[2]] = -contrast(len(names[1]))[names[1].index(i)]
        base[starts[2] : starts[3]] = -contrast(len(names[2]))[names[2].index(j)]
        g = 3 + scales.index(scale_of[i])
        for category in range(4):
            tensor[r, category] = category * base
            tensor[r, category, starts[g] : starts[g + 1]] = -contrast(3)[:category].sum(axis=0)
    given = rows[:, 3]

    def parts(params):
        eta = tensor @ params
        eta -= eta.max(axis=1, keepdims=True)
        p = np.exp(eta)
        p /= p.sum(axis=1, keepdims=True)
        mean = np.einsum("rc,rcp->rp", p, tensor)
        value = -np.log(p[np.arange(len(given)), given]).sum()
        slope = -(tensor[np.arange(len(given)), given] - mean).sum(axis=0)
        curve = np.einsum("rc,rcp,rcq->pq", p, tensor, tensor) - mean.T @ mean
        return value, slope, curve, p

    params = scipy.optimize.minimize(
        lambda q: parts(q)[0], np.zeros(starts[-1]), jac=lambda q: parts(q)[1], hess=lambda q: parts(q)[2], method="trust-exact",
        options={"gtol": 1e-7},
    ).x
    for _ in range(3):
        _, slope, curve, _ = parts(params)
        params = params - np.linalg.solve(curve, slope)
    value, slope, curve, p = parts(params)
    assert np.abs(slope).max() < 1e-9
    spread = scipy.linalg.block_diag(
        np.eye(len(names[0])), contrast(len(names[1])), contrast(len(names[2])), *[contrast(3)] * len(scales)
    )
    category = np.arange(4)
    expected = p @ category
    weight = p @ category**2 - expected**2
    members = [rows[:, facet] == one for facet in range(3) for one in names[facet]]

    # The corrected likelihood over what is not an ability: each ability is solved for inside, derivatives are differences.
    own = len(names[0])
    start = {"abilities": params[:own]}

    def corrected(others):
        abilities = start["abilities"].copy()
        for _ in range(50):
            _, slope, curve, _ = parts(np.r_[abilities, others])
            step = slope[:own] / np.diag(curve)[:own]
            abilities -= step
            if np.abs(step).max() < 1e-13:
                break
        value, _, curve, _ = parts(np.r_[abilities, others])
        start["abilities"] = abilities
        return value - 0.5 * np.log(np.diag(curve)[:own]).sum()

    def slope_of(others, h=1e-4):
        e = np.eye(len(others)) * h
        five = lambda d: (corrected(others - 2 * d) - 8 * corrected(others - d) + 8 * corrected(others + d) - corrected(others + 2 * d)) / (12 * h)
        return np.array([five(d) for d in e])

    others = scipy.optimize.minimize(corrected, params[own:], jac=slope_of, method="BFGS", options={"gtol": 1e-6}).x
    for _ in range(3):
        bend = np.array([(slope_of(others + d) - slope_of(others - d)) / 2e-3 for d in np.eye(len(others)) * 1e-3])
        others = others - np.linalg.solve((bend + bend.T) / 2, slope_of(others))
    corrected(others)
    return {
        "ratings": rows.tolist(),
        "scale_of": list(scale_of),
        "corrected": (spread @ np.r_[start["abilities"], others]).tolist(),
        "logits": (spread @ params).tolist(),
        "errors": np.sqrt(np.diag(spread @ np.linalg.inv(curve) @ spread.T)).tolist(),
        "fit": mean_squares(given - expected, weight, members),
        "log_likelihood": float(-value),
    }


rows = simulate(24, np.linspace(-1, 1, 5), [0.5, 0.0, -0.5], [-1.2, 0.0, 1.2], 0.2)
out["facets_rating_scale"] = polytomous(rows, [0] * 5)
out["facets_partial_credit"] = polytomous(rows, [0, 1, 1, 2, 2])

# girth: Rasch's model, joint maximum likelihood, one judge; abilities are stretched to deviation 1 on the way, so only proportions can be compared.
rows = simulate(150, np.linspace(-1.5, 1.5, 12), [0.0], [0.0], 0.0)
wide = pd.DataFrame(rows, columns=["n", "i", "j", "k"]).pivot(index="i", columns="n", values="k").to_numpy()
difficulty = np.asarray(girth.rasch_jml(wide.astype(bool), options={"max_iteration": 500})["Difficulty"])
out["girth"] = {"ratings": rows.tolist(), "difficulty": (difficulty - difficulty.mean()).tolist()}

# raschpy: the many-facet model by another estimator (conditional), on a large sample, so that both come near the truth.
truth = {"difficulty": np.linspace(-1, 1, 8), "severity": np.array([0.6, 0.1, -0.7]), "threshold": [-1.0, 0.1, 0.9]}
rows = simulate(250, truth["difficulty"], truth["severity"], truth["threshold"], 0.0)
wide = pd.DataFrame(rows, columns=["n", "i", "j", "k"]).pivot(index=["j", "n"], columns="i", values="k")
wide.columns = [f"aspect {i}" for i in wide.columns]
wide.index = pd.MultiIndex.from_tuples([(f"judge {j}", f"competitor {n}") for j, n in wide.index], names=["Rater", "Person"])
model = raschpy.MFRM(wide, max_score=3)
model.calibrate_global()
out["raschpy"] = {
    "ratings": rows.tolist(),
    "difficulty": [float(model.items_global[name]) for name in wide.columns],
    "severity": [float(model.raters_global[f"judge {j}"]) for j in range(3)],
    "threshold": [float(value) for value in model.thresholds_global],
}

text = json.dumps(out, separators=(",", ":"))
for key in out:
    text = text.replace(f',"{key}":', f',\n"{key}":', 1)
pathlib.Path(__file__).with_name("reference.json").write_text(text + "\n")
