// SPDX-License-Identifier: Apache-2.0
#include "core/engine/predict.h"

#include "core/base/error.h"
#include "core/engine/data/file_tree.h"
#include "core/engine/data/load.h"
#include "core/engine/data/targets.h"
#include "core/engine/devices.h"
#include "core/engine/image/decode.h"
#include "core/engine/method/method.h"
#include "core/engine/method/predictions.h"
#include "core/engine/run_parts.h"
#include "core/engine/start_backbone.h"
#include "core/engine/train/inputs.h"
#include "core/engine/train/mixed_precision.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

namespace levi {
namespace {

constexpr std::size_t kBatch = 8;

// As the data that it was trained on.
bool appliesExif(const ExperimentSpec& spec) {
    for (const Field& field : spec.data.kind().fields)
        if (field.info.key == "exif_orientation") return field.get(spec.data.address()).get<bool>();
    return true;
}

at::Tensor seen(const PictureView& view, const Picture& picture) {
    const auto [channels, height, width] = view.shape();
    auto out = at::empty({channels, height, width}, at::kFloat);
    view.write(view.base(picture), std::nullopt, out.data_ptr<float>());
    return out;
}

std::vector<double> rowOf(const at::Tensor& values) {
    const auto* begin = values.data_ptr<double>();
    return {begin, begin + values.numel()};
}

// A picture as the network's readers see it; undefined where nobody reads it so.
struct SeenPicture {
    at::Tensor pixels, specialist;
};

// A finished run's network, ready for pictures.
class Predictor {
public:
    explicit Predictor(const PredictRequest& request)
        : m_spec(request.spec), m_weights(request.weightsFile), m_task(weightsTask(m_weights)) {
        m_device = usableDevice(m_spec.compute.device);
        NetworkSource source{.spec = m_spec, .outputs = m_task.outputs(), .device = m_device};
        if (usesBackbone(m_spec)) openBackbone(source, request);
        if (usesSpecialist(m_spec)) m_specialistView = specialistView(m_spec);
        m_network = networkOf(std::move(source));
        readWeights();
    }

    const Task& task() const { return m_task; }

    // Throws Error where a reader cannot use it.
    SeenPicture look(const Picture& picture) const {
        SeenPicture looked;
        if (m_backboneView) looked.pixels = seen(*m_backboneView, picture);
        if (m_specialistView) looked.specialist = seen(*m_specialistView, picture);
        return looked;
    }

    // (B, K) probabilities, or (B, 1) numbers in their own unit; float64.
    at::Tensor answers(const std::vector<SeenPicture>& pictures) const {
        const c10::NoGradGuard noGrad;
        const MixedPrecision mixed(trainsInSteps(m_spec) ? m_spec.train.precision : Precision::Fp32, m_device);
        StepInput input;
        if (m_specialistView) input.pictures = together(pictures, &SeenPicture::specialist);
        if (m_backboneView) input.pixels = together(pictures, &SeenPicture::pixels);
        if (m_frozen) input.pooled = selectSlots(m_frozen->pooledFeatures({.values = input.pixels}), m_slots);
        const auto outputs = m_network->logits(input).to(at::kCPU, at::kDouble);
        return m_task.isNumber() ? answersOf(outputs, m_task).to(at::kDouble) : at::softmax(outputs, 1).contiguous();
    }

private:
    void openBackbone(NetworkSource& source, const PredictRequest& request) {
        m_frozen = startBackbone(m_spec, m_device, request.parents);
        m_info = m_frozen->info();
        if (!request.weightsFingerprint.empty() && request.weightsFingerprint != m_info.weightsFingerprint)
            throw Error("{}: is not the backbone that the run read (fingerprint {}, found {}); put that one back",
                        m_info.folder, request.weightsFingerprint, m_info.weightsFingerprint);
        source.backbone = &m_info;
        m_backboneView = backboneView(m_spec, m_info);
        m_slots = planOf(m_spec, static_cast<int>(m_info.depth)).slots;
        if (m_weights.find("standardisation.mean"))
            source.standardisation = Standardisation{.mean = m_weights.read("standardisation.mean"),
                                                     .scale = m_weights.read("standardisation.scale")};
        if (m_weights.find("selection.kept")) source.kept = m_weights.read("selection.kept");
        if (trainsBackbone(m_spec)) source.trained = std::move(m_frozen);
    }

    void readWeights() {
        const c10::NoGradGuard noGrad;
        for (const Parameter& parameter : m_network->parameters()) {
            const auto value = m_weights.read(parameter.name);
            if (value.sizes() != parameter.value.sizes())
                throw Error("{}: '{}' has another shape than the spec's network", m_weights.file(), parameter.name);
            parameter.value.copy_(value);
        }
    }

    at::Tensor together(const std::vector<SeenPicture>& pictures, at::Tensor SeenPicture::*reader) const {
        std::vector<at::Tensor> all;
        for (const SeenPicture& picture : pictures)
            all.push_back(picture.*reader);
        return at::stack(all).to(m_device);
    }

    const ExperimentSpec& m_spec;
    Safetensors m_weights;
    Task m_task;
    at::Device m_device = at::kCPU;
    BackboneInfo m_info;
    std::unique_ptr<Backbone> m_frozen; // null where the network trained it
    std::vector<int> m_slots;
    std::optional<PictureView> m_backboneView, m_specialistView;
    std::unique_ptr<Network> m_network;
};

struct Pending {
    std::vector<std::string> names;
    std::vector<SeenPicture> pictures;
};

// Throws Error that names the picture.
SeenPicture lookAt(const Predictor& predictor, const Picture& picture, const std::string& name) {
    try {
        return predictor.look(picture);
    } catch (const Error& error) {
        throw Error("{}: {}", name, error.what());
    }
}

void predictPending(Pending& pending, const Predictor& predictor, PredictedFiles& result) {
    if (pending.names.empty()) return;
    const auto answers = predictor.answers(pending.pictures);
    const auto best = answers.argmax(1);
    for (std::size_t i = 0; i < pending.names.size(); ++i) {
        const auto row = static_cast<std::int64_t>(i);
        PredictedFile& file = result.rows.emplace_back();
        file.row = pending.names[i];
        if (predictor.task().isNumber()) {
            file.number = answers[row][0].item<double>();
            continue;
        }
        file.predicted = result.classes.at(static_cast<std::size_t>(best[row].item<std::int64_t>()));
        file.probabilities = rowOf(answers[row]);
    }
    pending = {};
}

// Mixed weights are those of the parents' network.
PredictRequest ownNetwork(PredictRequest request) {
    if (!request.spec.method.kind().method.isDerived) return request;
    if (!std::holds_alternative<MergedMethod>(methodOf(request.spec)))
        throw Error(
            "A run of '{}' is the mean of its parents' predictions and has no weights; predict with each of them",
            request.spec.method.kind().label);
    if (request.parents.empty()) throw Error("The store lacks the parents whose network the mixed weights belong to");
    request.spec = request.parents.front().spec;
    request.parents.clear();
    return request;
}

} // namespace

PredictedFiles predictPictures(const PredictRequest& request, std::stop_token stop) {
    const PredictRequest own = ownNetwork(request);
    setThreads(own.spec.compute.threads);
    const Predictor predictor(own);
    const auto tree = openPictures(own.data);
    PredictedFiles result{.classes = predictor.task().classes};
    Pending pending;
    for (std::size_t i = 0; i < tree->names().size(); ++i) {
        if (stop.stop_requested()) throw Stopped{};
        const std::string& name = tree->names()[i];
        try {
            const std::string bytes = tree->bytes(i);
            const Picture picture =
                decodePicture(std::as_bytes(std::span(bytes)), name, {.applyExif = appliesExif(own.spec)});
            pending.pictures.push_back(lookAt(predictor, picture, name));
            pending.names.push_back(name);
        } catch (const Error& error) {
            result.broken.emplace_back(error.what()); // names the picture
        }
        if (pending.names.size() == kBatch) predictPending(pending, predictor, result);
    }
    predictPending(pending, predictor, result);
    return result;
}

} // namespace levi
