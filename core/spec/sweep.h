// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/spec_json.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// Many specs made from one, as a file says it:
//   {"base": SPEC or "spec.json", "seeds": "0..5",
//    "variants": [{"name": "LEVI, last", "method": {"taps": "last"}}, ...],
//    "grid":   {"method.dropout": [0, 0.1], ...},            every combination
//    "paired": {"specialist.width": [16, 32], ...},          first with first, second with second
//    "random": {"draws": 8, "seed": 0, "fields": {"train.learning_rate": {"log_uniform": [1e-4, 1e-2]}, ...}},
//    "halving": {"epochs": [3, 9, 27], "keep": 0.34},         rounds: see halving.h
//    "tuned_by": ["tuning.sweep.json"]}                       sweeps in which a method's settings were tried
// Every part but "base" may be absent; where several are there, every combination of them is meant.

// How a field is drawn.
struct Draw {
    enum class Kind { Uniform, LogUniform, Integer, Choice };
    Kind kind = Kind::Uniform;
    double low = 0, high = 0; // both inclusive for integers
    std::vector<Json> choices;
};

// Rounds of successive halving (Jamieson and Talwalkar 2016).
struct Halving {
    std::vector<std::int64_t> epochs; // of each round, ascending
    double keep = 1.0 / 3;            // share of a method's settings that the next round goes on with
};

struct Sweep {
    ExperimentSpec base;
    std::filesystem::path folder; // that relative paths in variants start from
    std::vector<std::uint64_t> seeds;
    std::vector<Json> variants; // JSON objects that are laid over the base
    struct Axis {
        std::string path;
        std::vector<Json> values;
    };
    std::vector<Axis> grid, paired;
    struct RandomField {
        std::string path;
        Draw draw;
    };
    std::vector<RandomField> random;
    std::int64_t draws = 0;
    std::uint64_t drawSeed = 0;
    std::optional<Halving> halving;
    std::vector<std::filesystem::path> tunedBy;
};

struct SweepRead {
    Sweep sweep;
    std::vector<Problem> problems; // paths as in the file: "grid.method.dropout"
};

// Relative paths, also in variants, are relative to the file's folder. Throws Error where it is unreadable or no JSON
// object.
SweepRead readSweep(const std::filesystem::path& file);
bool isSweep(const std::filesystem::path& file); // whether it is a JSON object with a base; throws nothing
SweepRead sweepFromJson(const Json& json, const std::filesystem::path& folder);

// The list: a spec a setting and seed, those that train first, then derived ones; of two equal settings the first
// stays. Names tell the settings apart. Problems name the setting they are of. Throws Error for more than 100,000.
struct SweepList {
    std::vector<ExperimentSpec> specs;
    std::size_t settings = 0;
    std::size_t repeated = 0; // settings that were left out because an earlier one is equal
    std::vector<Problem> problems;
};
SweepList listOf(const Sweep& sweep);

// How many settings were tried for one of each method kind and backbone mode, by tuningKey(): those of the sweeps that
// it was tuned by, a variant's own; else what varies in the list beside its variants. Derived methods are left out,
// they try nothing themselves. Throws Error where a sweep cannot be read.
std::map<std::string, double> tuningTrials(const Sweep& sweep, const SweepList& list);
std::string tuningKey(const ExperimentSpec& spec); // "levi", "levi lora": a rate found for one is none for the other

} // namespace levi
