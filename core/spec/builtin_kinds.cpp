// SPDX-License-Identifier: Apache-2.0
// One line registers a kind. The first of a section is its default.
#include "core/spec/backbones/vit_options.h"
#include "core/spec/data/picture_data.h"
#include "core/spec/kinds.h"
#include "core/spec/methods/derived_options.h"
#include "core/spec/methods/fine_tuning_options.h"
#include "core/spec/methods/head2toe_options.h"
#include "core/spec/methods/levi_options.h"
#include "core/spec/methods/robust_options.h"
#include "core/spec/specialists/cnn_options.h"
#include "core/spec/specialists/transformer_options.h"
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
    r.add(makeKind<PictureTableOptions>("picture_table", "Picture table",
                                        "A CSV or TSV beside a folder or zip of pictures: a row a picture, with its "
                                        "target (a class or a number), role, domain and groups.",
                                        pictureTableFields()));
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
    r.add(makeKind<TransformerOptions>("transformer", "Small transformer",
                                       "A small vision transformer from scratch, which knows nothing of the task: the "
                                       "generic specialist of the ablation.",
                                       transformerFields()));
    return r;
}

// Methods that train a part of the backbone and a linear head.
void addFineTuning(KindRegistry& r) {
    const auto add = [&r](Kind kind, BackboneMode mode) { r.add(withTraits(std::move(kind), {.fixedMode = mode})); };
    using enum BackboneMode;
    add(makeKind<FineTuningOptions>("full_fine_tuning", "Full fine-tuning",
                                    "All of the backbone and a linear head are trained.", fineTuningFields()),
        Full);
    add(makeKind<LayerDecayOptions>("layer_decay", "Layer-wise decay",
                                    "Full fine-tuning whose learning rate falls from layer to layer towards the input.",
                                    layerDecayFields()),
        Full);
    add(makeKind<L2SpOptions>("l2_sp", "L2-SP",
                              "Full fine-tuning with a penalty on how far the backbone's weights go from their start.",
                              l2SpFields()),
        Full);
    add(makeKind<LpFtOptions>("lp_ft", "LP-FT", "A linear probe first; full fine-tuning then starts from its head.",
                              lpFtFields()),
        Full);
    add(makeKind<FineTuningOptions>("surgical", "Surgical fine-tuning",
                                    "One group of the backbone's blocks and a linear head are trained.",
                                    fineTuningFields()),
        Blocks);
    add(makeKind<FineTuningOptions>("norm_tuning", "Norm tuning", "The backbone's norms and a linear head are trained.",
                                    fineTuningFields()),
        Norms);
    add(makeKind<FineTuningOptions>("bitfit", "BitFit", "The backbone's biases and a linear head are trained.",
                                    fineTuningFields()),
        Biases);
    add(makeKind<FineTuningOptions>("lora", "LoRA",
                                    "Low-rank parts beside the backbone's linear layers and a linear head are trained.",
                                    fineTuningFields()),
        Lora);
}

void addRobust(KindRegistry& r) {
    const MethodTraits groups = {.mayTrainBackbone = true, .needsGroups = true};
    r.add(withTraits(makeKind<GroupDroOptions>("group_dro", "GroupDRO",
                                               "The training domains with the largest loss weigh most.",
                                               groupDroFields()),
                     groups));
    r.add(withTraits(makeKind<IrmOptions>("irm", "IRM",
                                          "Seeks a head that is the best one in every training domain at once.",
                                          irmFields()),
                     groups));
    r.add(
        withTraits(makeKind<VrexOptions>("vrex", "V-REx",
                                         "Penalises the variance of the losses of the training domains.", vrexFields()),
                   groups));
    r.add(withTraits(makeKind<CoralOptions>("coral", "CORAL",
                                            "Aligns means and covariances of the representation between domains.",
                                            coralFields()),
                     groups));
    r.add(withTraits(makeKind<MixupOptions>("mixup", "Mixup",
                                            "Trains on mixtures of pairs of rows and of their labels.", mixupFields()),
                     {.mayTrainBackbone = true}));
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
    r.add(withTraits(makeKind<Head2ToeOptions>("head2toe", "Head2Toe",
                                               "A linear layer on the features of all layers that a first one found "
                                               "worth reading.",
                                               head2toeFields()),
                     {.usesTaps = true}));
    r.add(withTraits(makeKind<SpecialistAloneOptions>("specialist", "Specialist alone",
                                                      "The specialist with a head of its own, without the backbone.",
                                                      specialistAloneFields()),
                     {.usesBackbone = false, .usesSpecialist = true}));
    addFineTuning(r);
    addRobust(r);
    r.add(withTraits(makeKind<OutputEnsembleOptions>("output_ensemble", "Output ensemble",
                                                     "The mean of the predictions of finished runs; retrains nothing.",
                                                     outputEnsembleFields()),
                     {.usesBackbone = false, .isDerived = true}));
    r.add(withTraits(makeKind<SeedEnsembleOptions>("seed_ensemble", "Seed ensemble",
                                                   "The mean of the predictions of several seeds of one setting.",
                                                   seedEnsembleFields()),
                     {.usesBackbone = false, .isDerived = true}));
    r.add(withTraits(makeKind<WeightSoupOptions>("weight_soup", "Weight soup",
                                                 "The mean of the weights of finished runs of one network.",
                                                 weightSoupFields()),
                     {.usesBackbone = false, .isDerived = true}));
    r.add(withTraits(makeKind<WiseFtOptions>("wise_ft", "WiSE-FT",
                                             "Fine-tuned weights, drawn back to the probe that they started from.",
                                             wiseFtFields()),
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
