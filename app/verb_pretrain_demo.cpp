// SPDX-License-Identifier: Apache-2.0
#include "app/interrupt.h"
#include "app/progress_line.h"
#include "app/run_json.h"
#include "app/verbs.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace levi {
namespace {

class ShownProgress final : public RunObserver {
public:
    void progressed(const Progress& progress) override {
        m_line.show(
            {.what = fmt::format("{}, {} of {} {}", progress.phase, progress.done, progress.total, progress.unit),
             .phase = progress.phase,
             .share = progress.share,
             .secondsLeft = progress.secondsLeft});
    }

private:
    ProgressLine m_line;
};

int pretrain(const PretrainRequest& request, bool json) {
    {
        const StopOnInterrupt stop;
        ShownProgress progress;
        engine().pretrainDemo(request, progress, stop.token());
    }
    if (interrupts() > 0) return kCancelled;
    const std::string folder = std::filesystem::absolute(request.outFolder).string();
    if (json)
        printJson({{"folder", folder}});
    else
        fmt::print("{}\n", folder);
    return kDone;
}

} // namespace

void addPretrainDemoVerb(CLI::App& app, Verb& verb) {
    auto* pretrainVerb =
        app.add_subcommand("pretrain-demo", "Make one of the demo's backbones (resources/backbones) again");
    auto request = std::make_shared<PretrainRequest>();
    request->outFolder = "demo_vit";
    pretrainVerb->add_option("--out", request->outFolder, "Folder to write config.json and model.safetensors into")
        ->capture_default_str();
    pretrainVerb->add_flag("--clean", request->clean,
                           "Without the flaws of pretraining: the backbone demo_vit_clean of `levi study premise`");
    pretrainVerb->add_option("--steps", request->steps, "Training steps; 0: the recipe's own")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{10'000'000}));
    pretrainVerb->add_option("--threads", request->threads, "0: all cores")->check(CLI::Range(0, 1024));
    auto json = std::make_shared<bool>(false);
    pretrainVerb->add_flag("--json", *json, "Print the folder's name as JSON");
    pretrainVerb->callback([request, json, &verb] { verb = [request, json] { return pretrain(*request, *json); }; });
}

} // namespace levi
