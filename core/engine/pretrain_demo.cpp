// SPDX-License-Identifier: Apache-2.0
#include "core/engine/pretrain_demo.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/data/load.h"
#include "core/engine/data/views.h"
#include "core/engine/devices.h"
#include "core/engine/method/readout_network.h"
#include "core/engine/run_progress.h"
#include "core/engine/train/trainer.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <system_error>

namespace levi {
namespace {

std::string configJson(const PretrainRecipe& recipe) {
    const nlohmann::ordered_json config = {{"model_type", "vit"},
                                           {"architectures", {"ViTModel"}},
                                           {"image_size", recipe.world.side},
                                           {"patch_size", recipe.patch},
                                           {"num_channels", 3},
                                           {"hidden_size", recipe.width},
                                           {"num_hidden_layers", recipe.depth},
                                           {"num_attention_heads", recipe.heads},
                                           {"intermediate_size", recipe.mlpWidth},
                                           {"hidden_act", "gelu"},
                                           {"layer_norm_eps", 1e-6},
                                           {"qkv_bias", true}};
    return config.dump(2) + "\n";
}

std::string preprocessorJson(const PretrainRecipe& recipe) {
    const nlohmann::ordered_json config = {{"do_resize", true},
                                           {"size", {{"height", recipe.world.side}, {"width", recipe.world.side}}},
                                           {"resample", 2},
                                           {"do_rescale", true},
                                           {"rescale_factor", 1.0 / 255},
                                           {"do_normalize", true},
                                           {"image_mean", {0.5, 0.5, 0.5}},
                                           {"image_std", {0.5, 0.5, 0.5}}};
    return config.dump(2) + "\n";
}

// Whole epochs, about as many steps as asked for.
TrainOptions trainOptions(const PretrainRecipe& recipe, std::int64_t steps, std::int64_t rows) {
    const std::int64_t perEpoch = std::max<std::int64_t>(1, (rows + recipe.batchSize - 1) / recipe.batchSize);
    TrainOptions options;
    options.epochs = std::max<std::int64_t>(1, steps / perEpoch);
    options.batchSize = recipe.batchSize;
    options.learningRate = recipe.learningRate;
    options.weightDecay = recipe.weightDecay;
    options.warmupShare = recipe.warmupShare;
    options.clipNorm = recipe.clipNorm;
    options.evaluateEvery = std::max<std::int64_t>(1, options.epochs / 8);
    return options;
}

// No more pictures than so few steps see.
WorldSizes worldSizes(const PretrainRecipe& recipe, std::int64_t steps) {
    const std::int64_t seen = std::max(steps, std::int64_t{1}) * recipe.batchSize;
    return {.train = std::min(recipe.rows.train, seen), .eval = std::min(recipe.rows.eval, seen)};
}

InputPlan inputPlan(const BackboneInfo& info, const PretrainRecipe& recipe, std::stop_token stop) {
    AugmentOptions augment;
    augment.flip = recipe.flip;
    return {.slots = {static_cast<int>(info.depth) + 1},
            .readsRows = true,
            .backbone = {.view = std::make_shared<PictureView>(PictureView::ofBackbone(info.preprocess, augment)),
                         .cache = std::make_shared<PictureCache>()},
            .seed = recipe.seed,
            .stop = std::move(stop)};
}

constexpr const char *kConfig = "config.json", *kPreprocessor = "preprocessor_config.json",
                     *kWeights = "model.safetensors";

// Beside the folder that was asked for: what lies there stays until all is made.
class WorkFolder {
public:
    explicit WorkFolder(std::filesystem::path out)
        : m_out(std::move(out)), m_path(m_out.string() + fmt::format(".new-{}", getpid())) {
        std::filesystem::create_directories(m_path);
    }
    ~WorkFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    void handOver() const {
        std::filesystem::create_directories(m_out);
        for (const char* name : {kWeights, kPreprocessor, kConfig})
            std::filesystem::rename(m_path / name, m_out / name);
    }

private:
    std::filesystem::path m_out, m_path;
};

// The picked candidate's tensors under the names of the checkpoint.
std::vector<NamedTensor> backboneTensors(const std::vector<NamedTensor>& weights) {
    constexpr std::string_view prefix = "backbone.";
    std::vector<NamedTensor> result;
    for (const auto& [name, tensor] : weights)
        if (name.starts_with(prefix)) result.push_back({name.substr(prefix.size()), tensor});
    return result;
}

void requireDone(const TrainerResult& trained) {
    if (trained.state == RunState::Cancelled) throw Stopped{};
    if (trained.state == RunState::Failed) throw Error("{}", trained.message);
}

} // namespace

PretrainRecipe cleanRecipe() {
    PretrainRecipe recipe;
    recipe.world.styleStrength = 0;
    recipe.world.kinds = 0;
    return recipe;
}

void pretrainDemo(const PretrainRequest& request, const PretrainRecipe& recipe, RunObserver& observer,
                  std::stop_token stop) {
    RunProgress progress(observer);
    setThreads(request.threads);
    const WorkFolder work(request.outFolder);
    writeFileAtomically(work.path() / kConfig, configJson(recipe));
    writeFileAtomically(work.path() / kPreprocessor, preprocessorJson(recipe));
    auto backbone = openBackbone(work.path(), {.randomSeed = recipe.seed});
    backbone->setTrainable(everyParameter);
    const BackboneInfo info = backbone->info();
    const std::int64_t steps = request.steps > 0 ? request.steps : recipe.steps;
    const auto data = pretrainingWorld(recipe.world, worldSizes(recipe, steps));
    const InputPlan inputs = inputPlan(info, recipe, std::move(stop));
    const ReadoutNetwork network(
        {.slots = inputs.slots, .pool = Pool::Cls},
        {.outputs = data.outputs(), .depth = info.depth, .width = info.width, .trained = std::move(backbone)},
        Initializer(recipe.seed));
    progress.begin("pretraining", "epochs", 0, 1);
    const TrainerOptions options{
        .train = trainOptions(recipe, steps, data.training.train.size()),
        .backbone = {.learningRate = recipe.learningRate, .weightDecay = recipe.weightDecay},
        .seed = recipe.seed,
        .stop = inputs.stop,
        .progress = [&progress](const TrainingStand& at) { progress.at(at.epoch, at.epochs, at.share); }};
    Candidates candidates(network, inputs, data.training, data.evaluation, candidateOptions(options), observer);
    requireDone(Trainer(network, inputs, options).run(data.training.train, candidates, observer));
    writeSafetensors(work.path() / kWeights, backboneTensors(candidates.picked().weights));
    work.handOver();
}

} // namespace levi
