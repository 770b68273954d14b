// SPDX-License-Identifier: Apache-2.0
#include "core/engine/predict.h"

#include "core/base/error.h"
#include "core/engine/data/field_view.h"
#include "core/engine/data/file_tree.h"
#include "core/engine/data/load.h"
#include "core/engine/data/targets.h"
#include "core/engine/data/text_files.h"
#include "core/engine/devices.h"
#include "core/engine/features/backbone_input.h"
#include "core/engine/image/decode.h"
#include "core/engine/method/method.h"
#include "core/engine/method/predictions.h"
#include "core/engine/run_parts.h"
#include "core/engine/start_backbone.h"
#include "core/engine/train/inputs.h"
#include "core/engine/train/mixed_precision.h"
#include "core/spec/readings.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/softmax.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <numeric>

namespace levi {
namespace {

constexpr std::size_t kBatch = 8;

// As the data that it was trained on.
bool appliesExif(const ExperimentSpec& spec) {
    for (const Field& field : spec.data.kind().fields)
        if (field.info.key == "exif_orientation") return field.get(spec.data.address()).get<bool>();
    return true;
}

std::vector<double> rowOf(const at::Tensor& values) {
    const auto* begin = values.data_ptr<double>();
    return {begin, begin + values.numel()};
}

// A row as the network's readers see it; undefined where nobody reads it so.
struct SeenRow {
    Reading backbone, specialist;
};

// Texts of different length are padded to the longest.
Reading joined(const std::vector<SeenRow>& rows, Reading SeenRow::*reader, std::int64_t pad) {
    std::int64_t longest = 0;
    for (const SeenRow& row : rows)
        if (const auto& ids = (row.*reader).ids; ids.defined()) longest = std::max(longest, ids.size(1));
    const auto all = [&](at::Tensor Reading::*part, std::int64_t fill) {
        std::vector<at::Tensor> parts;
        for (const SeenRow& row : rows)
            if (const at::Tensor& one = (row.*reader).*part; one.defined())
                parts.push_back(longest > 0 ? at::constant_pad_nd(one, {0, longest - one.size(1)}, fill) : one);
        return parts.empty() ? at::Tensor() : at::cat(parts);
    };
    return {.pixels = all(&Reading::pixels, 0),
            .ids = all(&Reading::ids, pad),
            .mask = all(&Reading::mask, 0),
            .types = all(&Reading::types, 0),
            .numbers = all(&Reading::numbers, 0),
            .categories = all(&Reading::categories, 0),
            .flags = all(&Reading::flags, 0)};
}

// A finished run's network, ready for rows.
class Predictor {
public:
    explicit Predictor(const PredictRequest& request)
        : m_spec(request.spec), m_weights(request.weightsFile), m_task(weightsTask(m_weights)) {
        m_device = usableDevice(m_spec.compute.device, precisionOf(m_spec));
        NetworkSource source{.spec = m_spec, .outputs = m_task.outputs(), .device = m_device};
        if (usesBackbone(m_spec)) openBackbone(source, request);
        if (usesSpecialist(m_spec)) {
            const std::string fitted = weightsFitted(m_weights);
            m_specialistView = fitted.empty() ? specialistView(m_spec, nullptr)
                                              : std::make_shared<FieldView>(fieldScaleOfText(fitted));
            source.specialistReads = m_specialistView->form();
        }
        m_network = networkOf(std::move(source));
        readWeights();
    }

    const Task& task() const { return m_task; }

    // Throws Error where a reader cannot use it.
    SeenRow look(const RowSet& rows, std::int64_t position) const {
        Sample sample(rows, position);
        SeenRow looked;
        if (m_backboneView) looked.backbone = seen(*m_backboneView, sample);
        if (m_specialistView) looked.specialist = seen(*m_specialistView, sample);
        return looked;
    }

    // (B, K) probabilities, or (B, 1) numbers in their own unit; float64.
    at::Tensor answers(const std::vector<SeenRow>& rows) const {
        const c10::NoGradGuard noGrad;
        StepInput input;
        if (m_specialistView)
            input.specialist = joined(rows, &SeenRow::specialist, m_specialistView->form().pad).to(m_device);
        if (m_backboneView) input.backbone = joined(rows, &SeenRow::backbone, m_backboneView->form().pad).to(m_device);
        if (m_frozen) input.pooled = selectSlots(m_frozen->pooledFeatures(backboneInput(input.backbone)), m_slots);
        // From here on: features of a frozen backbone are float32, whatever the run trained with.
        const MixedPrecision mixed(precisionOf(m_spec), m_device);
        const auto outputs = m_network->logits(input).to(at::kCPU, at::kDouble);
        return m_task.isNumber() ? answersOf(outputs, m_task).to(at::kDouble) : at::softmax(outputs, 1).contiguous();
    }

private:
    static Reading seen(const View& view, Sample& sample) {
        const auto writer = view.writer({.rows = 1});
        writer->add(sample);
        return writer->take();
    }

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

    const ExperimentSpec& m_spec;
    Safetensors m_weights;
    Task m_task;
    at::Device m_device = at::kCPU;
    BackboneInfo m_info;
    std::unique_ptr<Backbone> m_frozen; // null where the network trained it
    std::vector<int> m_slots;
    std::shared_ptr<const View> m_backboneView, m_specialistView; // null: nobody reads so
    std::unique_ptr<Network> m_network;
};

struct Pending {
    std::vector<std::string> names;
    std::vector<SeenRow> rows;
};

// New pictures, one a row.
class NewPictures final : public SampleSource {
public:
    NewPictures(std::shared_ptr<const FileTree> tree, bool appliesOrientation)
        : m_tree(std::move(tree)), m_appliesOrientation(appliesOrientation) {}

    Picture picture(std::int64_t row) const override {
        const auto file = static_cast<std::size_t>(row);
        const std::string bytes = m_tree->bytes(file);
        return decodePicture(std::as_bytes(std::span(bytes)), m_tree->names()[file],
                             {.applyExif = m_appliesOrientation});
    }
    std::string content(std::int64_t row) const override { return m_tree->names()[static_cast<std::size_t>(row)]; }

private:
    std::shared_ptr<const FileTree> m_tree;
    bool m_appliesOrientation;
};

NewRows newRows(const PredictRequest& request, const std::stop_token& stop) {
    if (request.spec.data.is("movielens"))
        throw Error(
            "New ratings cannot be predicted: what the prompt of one tells depends on the data that the run has "
            "read; its test ratings stand in its stored predictions");
    if (auto texts = readNewRows(request.spec.data, request.data, {.stop = stop})) return std::move(*texts);
    NewRows made{.table = std::make_shared<RowTable>(), .broken = {}};
    const std::shared_ptr<const FileTree> tree = openPictures(request.data);
    for (const std::string& name : tree->names())
        made.table->rows.push_back({.id = name});
    made.table->source = std::make_shared<NewPictures>(tree, appliesExif(request.spec));
    return made;
}

RowSet everyRow(const std::shared_ptr<RowTable>& table) {
    std::vector<std::int64_t> rows(table->rows.size());
    std::iota(rows.begin(), rows.end(), std::int64_t{0});
    return {"new", table, std::move(rows)};
}

void predictPending(Pending& pending, const Predictor& predictor, PredictedFiles& result) {
    if (pending.names.empty()) return;
    const auto answers = predictor.answers(pending.rows);
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
    const ComputeOptions here = request.spec.compute;
    request.spec = request.parents.front().spec;
    request.spec.compute = here;
    request.parents.clear();
    return request;
}

} // namespace

PredictedFiles predictRows(const PredictRequest& request, std::stop_token stop) {
    const PredictRequest own = ownNetwork(request);
    setThreads(own.spec.compute.threads);
    const Predictor predictor(own);
    NewRows made = newRows(own, stop);
    const RowSet rows = everyRow(made.table);
    if (rows.size() == 0 && made.broken.empty())
        throw Error("{}: holds no row to predict; expected {}", request.data.string(),
                    readsTexts(own.spec) ? "lines of text" : "pictures (JPEG, PNG or WebP)");
    PredictedFiles result{.classes = predictor.task().classes, .rows = {}, .broken = std::move(made.broken)};
    Pending pending;
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        if (stop.stop_requested()) throw Stopped{};
        try {
            pending.rows.push_back(predictor.look(rows, i));
            pending.names.push_back(rows.id(i));
        } catch (const Error& error) {
            result.broken.emplace_back(error.what()); // names the row
        }
        if (pending.names.size() == kBatch) predictPending(pending, predictor, result);
    }
    predictPending(pending, predictor, result);
    return result;
}

} // namespace levi
