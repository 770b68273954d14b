// SPDX-License-Identifier: Apache-2.0
#include "core/spec/backbones/vit_options.h"

#include "core/spec/experiment_spec.h"

namespace levi {

FieldTable vitFields() {
    Fields<VitOptions> f;
    f.add("path", &VitOptions::path, "Weights")
        .required()
        .help("Folder with config.json and model.safetensors in Hugging Face or timm naming, or resource:demo_vit.");
    f.add("mode", &VitOptions::mode, "Training of the backbone")
        .whenSpec([](const ExperimentSpec& spec, const VitOptions&) {
            const auto& method = spec.method.kind().method;
            return method.mayTrainBackbone && !method.mustTrainBackbone;
        })
        .help(
            "frozen: the backbone stays as published and its features are computed once; full: all of it is trained.");
    f.add("learning_rate", &VitOptions::learningRate, "Backbone learning rate")
        .range(1e-9, 1)
        .advanced()
        .whenSpec([](const ExperimentSpec& spec, const VitOptions&) { return trainsBackbone(spec); })
        .help("Peak learning rate of the backbone's own parameters, usually far below that of the heads.");
    f.add("image_size", &VitOptions::imageSize, "Input size")
        .unit("px")
        .range(0, 2048)
        .advanced()
        .help(
            "Side of the square that the backbone reads; 0: the checkpoint's. Position embeddings are resized to it.");
    return f.table();
}

} // namespace levi
