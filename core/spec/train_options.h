// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/fields.h"

#include <cstdint>
#include <string>

namespace levi {

enum class OptimizerKind { AdamW, Sgd };
template<>
inline const std::vector<std::string> kEnumNames<OptimizerKind> = {"adamw", "sgd"};

enum class ScheduleKind { Cosine, Constant };
template<>
inline const std::vector<std::string> kEnumNames<ScheduleKind> = {"cosine", "constant"};

// By which figure of id_val the best epoch is known.
enum class SelectBy { Accuracy, Nll };
template<>
inline const std::vector<std::string> kEnumNames<SelectBy> = {"accuracy", "nll"};

// Averages of the weights that are candidates beside the weights themselves.
enum class Average { None, Ema, Swa };
template<>
inline const std::vector<std::string> kEnumNames<Average> = {"none", "ema", "swa"};

enum class Precision { Fp32, Bf16 };
template<>
inline const std::vector<std::string> kEnumNames<Precision> = {"fp32", "bf16"};

struct TrainOptions {
    std::int64_t epochs = 40;
    std::int64_t batchSize = 64;
    OptimizerKind optimizer = OptimizerKind::AdamW;
    double learningRate = 1e-3; // of heads and adapting layers
    double weightDecay = 0.01;
    double momentum = 0.9; // of SGD
    ScheduleKind schedule = ScheduleKind::Cosine;
    double warmupShare = 0.05; // of all steps
    double clipNorm = 1.0;     // 0: none
    double labelSmoothing = 0.0;
    std::int64_t evaluateEvery = 1; // epochs
    std::int64_t patience = 0;      // evaluations without a better id_val before training stops; 0: never
    SelectBy selectBy = SelectBy::Accuracy;
    Precision precision = Precision::Fp32;
    Average average = Average::None;
    double averageDecay = 0.99; // of ema
    double averageStart = 0.1;  // of all steps
};

// How a run is carried out; changes no result on the same device, so it is not part of a cell's key.
struct ComputeOptions {
    std::string device = "cpu";     // cpu | cuda:N
    std::int64_t threads = 0;       // of the lane; 0: all cores
    std::int64_t loaderThreads = 1; // that decode pictures
};

FieldTable trainFields();
FieldTable computeFields();

} // namespace levi
