// SPDX-License-Identifier: Apache-2.0
#include "core/spec/train_options.h"

#include "core/spec/data/target_options.h"
#include "core/spec/experiment_spec.h"

#include <algorithm>
#include <cctype>

namespace levi {
namespace {

std::optional<std::string> deviceProblem(const std::string& device) {
    const bool isCuda = device.starts_with("cuda:") && device.size() > 5 && device.size() < 9 &&
                        std::ranges::all_of(device.substr(5), [](unsigned char c) { return std::isdigit(c); });
    if (device == "cpu" || isCuda) return std::nullopt;
    return fmt::format("found '{}', expected cpu or cuda:N such as cuda:0", device);
}

std::optional<std::string> smoothingProblem(const ExperimentSpec& spec, const TrainOptions& o) {
    if (o.labelSmoothing == 0 || !predictsNumbers(spec)) return std::nullopt;
    return fmt::format("found {}, expected 0: the target is a number (data.target), which has no label to smooth",
                       o.labelSmoothing);
}

void addAverage(Fields<TrainOptions>& f) {
    using T = TrainOptions;
    f.add("average", &T::average, "Average of weights")
        .advanced()
        .help("ema or swa: at each evaluation a moving or a plain average of the weights so far is one more candidate, "
              "which id_val may pick.");
    f.add("average_decay", &T::averageDecay, "Decay of the average")
        .range(0, 0.99999)
        .advanced()
        .when([](const T& o) { return o.average == Average::Ema; })
        .help("Share of the moving average that each step keeps; 0: the weights themselves.");
    f.add("average_start", &T::averageStart, "Start of the average")
        .unit("of all steps")
        .range(0, 1)
        .advanced()
        .when([](const T& o) { return o.average != Average::None; })
        .help("Share of the steps after which averaging begins.");
}

} // namespace

FieldTable trainFields() {
    using T = TrainOptions;
    Fields<T> f;
    f.add("epochs", &T::epochs, "Epochs").range(1, 100'000).help("Passes over the training rows.");
    f.add("batch_size", &T::batchSize, "Batch size").unit("rows").range(1, 65'536).help("Rows per step.");
    f.add("learning_rate", &T::learningRate, "Learning rate")
        .range(1e-8, 10)
        .help("Peak learning rate of heads and adapting layers.");
    f.add("weight_decay", &T::weightDecay, "Weight decay")
        .range(0, 1)
        .advanced()
        .help("Decoupled weight decay of heads, adapting layers and a trained backbone; biases and norms have none.");
    f.add("optimizer", &T::optimizer, "Optimiser").advanced().help("AdamW, or SGD with momentum.");
    f.add("momentum", &T::momentum, "Momentum")
        .range(0, 0.9999)
        .advanced()
        .when([](const T& o) { return o.optimizer == OptimizerKind::Sgd; })
        .help("Momentum of SGD.");
    f.add("schedule", &T::schedule, "Schedule")
        .advanced()
        .help("After the warm-up: down to 0 along a cosine, or constant.");
    f.add("warmup_share", &T::warmupShare, "Warm-up")
        .unit("of all steps")
        .range(0, 0.9)
        .advanced()
        .help("Share of the steps in which the learning rate rises from 0 to its peak.");
    f.add("clip_norm", &T::clipNorm, "Gradient clipping")
        .range(0, 1e6)
        .advanced()
        .help("Largest norm of the gradient of a step; 0 turns clipping off.");
    f.add("label_smoothing", &T::labelSmoothing, "Label smoothing")
        .range(0, 0.5)
        .advanced()
        .help("Share of the target that is spread over all classes.")
        .check(smoothingProblem);
    f.add("evaluate_every", &T::evaluateEvery, "Evaluate every")
        .unit("epochs")
        .range(1, 100'000)
        .advanced()
        .help("Epochs between two candidates; each one is measured on every role.");
    f.add("patience", &T::patience, "Patience")
        .unit("evaluations")
        .range(0, 100'000)
        .help("Stops after so many evaluations without a better id_val; 0: never.");
    f.add("select_by", &T::selectBy, "Best epoch by")
        .whenSpec([](const ExperimentSpec& spec, const T&) { return !predictsNumbers(spec); })
        .help("Which figure of id_val picks the epoch; no test role ever does. Of numbers it is always RMSE.");
    f.add("precision", &T::precision, "Precision")
        .advanced()
        .help("fp32, or bf16 for the products of matrices while parameters stay fp32.");
    addAverage(f);
    return f.table();
}

FieldTable computeFields() {
    using C = ComputeOptions;
    Fields<C> f;
    f.add("device", &C::device, "Device")
        .notHashed()
        .help("cpu, or a GPU such as cuda:0.")
        .check([](const ExperimentSpec&, const C& o) { return deviceProblem(o.device); });
    f.add("threads", &C::threads, "Threads")
        .range(0, 1024)
        .notHashed()
        .advanced()
        .help("Threads for tensor work; 0: as many as cores. The same number gives the same bits.");
    f.add("loader_threads", &C::loaderThreads, "Loader threads")
        .range(0, 64)
        .notHashed()
        .advanced()
        .help("Threads that decode pictures beside the training; 0: decode in line.");
    return f.table();
}

} // namespace levi
