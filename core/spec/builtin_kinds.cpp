// SPDX-License-Identifier: Apache-2.0
// One line registers a kind. The first of a section is its default.
#include "core/spec/backbones/vit_options.h"
#include "core/spec/data/picture_data.h"
#include "core/spec/kinds.h"
#include "core/spec/methods/derived_options.h"
#include "core/spec/methods/levi_options.h"
#include "core/spec/specialists/cnn_options.h"
#include "core/spec/views/picture_views.h"

namespace levi {
namespace {

Kind withTraits(Kind kind, MethodTraits traits) {
    kind.method = traits;
    return kind;
}

KindRegistry makeData() {
    KindRegistry r;
    r.add(makeKind<ImageFolderOptions>("image_folder", "Picture folders",
                                       "Pictures in domain/class/file or class/file, a folder or a zip.",
                                       imageFolderFields()));
    r.add(makeKind<IdxOptions>(
        "idx", "IDX digits", "MNIST-style IDX files: one folder in distribution, another one out of it.", idxFields()));
    r.add(makeKind<DemoWorldOptions>("demo_world", "Demo world",
                                     "A procedural world of pictures made from a seed, with a spurious cue.",
                                     demoWorldFields()));
    return r;
}

KindRegistry makeBackbones() {
    KindRegistry r;
    r.add(makeKind<VitOptions>("vit", "ViT or DeiT", "A vision transformer from its published files.", vitFields()));
    return r;
}

KindRegistry makeSpecialists() {
    KindRegistry r;
    r.add(makeKind<CnnOptions>("cnn", "CNN", "A small convolutional network for pictures.", cnnFields()));
    return r;
}

KindRegistry makeMethods() {
    KindRegistry r;
    r.add(withTraits(makeKind<LeviOptions>("levi", "LEVI",
                                           "Every tapped hidden state is joined with the specialist's output in an "
                                           "adapting layer; one loss trains them together.",
                                           leviFields()),
                     {.usesSpecialist = true, .usesTaps = true, .mayTrainBackbone = true}));
    r.add(withTraits(
        makeKind<LayerEnsembleOptions>("all_layer_probe", "All-layer probe",
                                       "LEVI without its specialist: an adapting layer on every tapped hidden state.",
                                       allLayerProbeFields()),
        {.usesTaps = true, .mayTrainBackbone = true}));
    r.add(withTraits(makeKind<ConcatProbeOptions>("concat_probe", "Concatenation probe",
                                                  "One linear layer on all tapped hidden states side by side.",
                                                  concatProbeFields()),
                     {.usesTaps = true}));
    r.add(withTraits(makeKind<LinearProbeOptions>("linear_probe", "Linear probe",
                                                  "One linear layer on the last hidden state.", linearProbeFields()),
                     {}));
    r.add(withTraits(makeKind<MlpProbeOptions>("mlp_probe", "MLP probe", "One hidden layer on the last hidden state.",
                                               mlpProbeFields()),
                     {}));
    r.add(withTraits(makeKind<SpecialistAloneOptions>("specialist", "Specialist alone",
                                                      "The specialist with a head of its own, without the backbone.",
                                                      specialistAloneFields()),
                     {.usesBackbone = false, .usesSpecialist = true}));
    r.add(withTraits(makeKind<FullFineTuningOptions>("full_fine_tuning", "Full fine-tuning",
                                                     "All of the backbone and a linear head are trained.",
                                                     fullFineTuningFields()),
                     {.mayTrainBackbone = true, .mustTrainBackbone = true}));
    r.add(withTraits(makeKind<OutputEnsembleOptions>("output_ensemble", "Output ensemble",
                                                     "The mean of the predictions of finished runs; retrains nothing.",
                                                     outputEnsembleFields()),
                     {.usesBackbone = false, .isDerived = true}));
    r.add(withTraits(makeKind<SeedEnsembleOptions>("seed_ensemble", "Seed ensemble",
                                                   "The mean of the predictions of several seeds of one setting.",
                                                   seedEnsembleFields()),
                     {.usesBackbone = false, .isDerived = true}));
    return r;
}

KindRegistry makeBackboneViews() {
    KindRegistry r;
    r.add(makeKind<BackbonePictureOptions>("picture", "Picture", "The picture, prepared as the checkpoint expects it.",
                                           backbonePictureFields()));
    return r;
}

KindRegistry makeSpecialistViews() {
    KindRegistry r;
    r.add(makeKind<SpecialistPictureOptions>("picture", "Picture", "The picture at the specialist's own resolution.",
                                             specialistPictureFields()));
    return r;
}

} // namespace

KindRegistry& dataKinds() {
    static KindRegistry registry = makeData();
    return registry;
}

KindRegistry& backboneKinds() {
    static KindRegistry registry = makeBackbones();
    return registry;
}

KindRegistry& specialistKinds() {
    static KindRegistry registry = makeSpecialists();
    return registry;
}

KindRegistry& methodKinds() {
    static KindRegistry registry = makeMethods();
    return registry;
}

KindRegistry& backboneViewKinds() {
    static KindRegistry registry = makeBackboneViews();
    return registry;
}

KindRegistry& specialistViewKinds() {
    static KindRegistry registry = makeSpecialistViews();
    return registry;
}

} // namespace levi
