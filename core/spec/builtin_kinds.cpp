// SPDX-License-Identifier: Apache-2.0
// One line registers a kind. The first of a section is its default.
#include "core/spec/backbones/text_encoder_options.h"
#include "core/spec/backbones/vit_options.h"
#include "core/spec/data/movielens_options.h"
#include "core/spec/data/picture_data.h"
#include "core/spec/data/text_data.h"
#include "core/spec/kinds.h"
#include "core/spec/methods/derived_options.h"
#include "core/spec/methods/fine_tuning_options.h"
#include "core/spec/methods/head2toe_options.h"
#include "core/spec/methods/levi_options.h"
#include "core/spec/methods/robust_options.h"
#include "core/spec/readings.h"
#include "core/spec/specialists/cnn_options.h"
#include "core/spec/specialists/field_options.h"
#include "core/spec/specialists/text_options.h"
#include "core/spec/specialists/transformer_options.h"
#include "core/spec/views/picture_views.h"
#include "core/spec/views/text_views.h"

namespace levi {
namespace {

Kind withTraits(Kind kind, MethodTraits traits) {
    kind.method = traits;
    return kind;
}

Kind withReadings(Kind kind, std::vector<std::string> readings) {
    kind.readings = std::move(readings);
    return kind;
}

KindRegistry makeData() {
    KindRegistry r;
    const auto add = [&r](Kind kind) { r.add(withReadings(std::move(kind), {kPictureReading})); };
    add(makeKind<ImageFolderOptions>("image_folder", "Picture folders",
                                     "Pictures in domain/class/file or class/file, a folder or a zip.",
                                     imageFolderFields()));
    add(makeKind<PictureTableOptions>("picture_table", "Picture table",
                                      "A CSV or TSV beside a folder or zip of pictures: a row a picture, with its "
                                      "target (a class or a number), role, domain and groups.",
                                      pictureTableFields()));
    add(makeKind<IdxOptions>("idx", "IDX digits",
                             "MNIST-style IDX files: one folder in distribution, another one out of it.", idxFields()));
    add(makeKind<DemoWorldOptions>("demo_world", "Demo world",
                                   "A procedural world of pictures made from a seed, with a spurious cue.",
                                   demoWorldFields()));
    const auto addTexts = [&r](Kind kind) { r.add(withReadings(std::move(kind), {kTextReading, kFieldsReading})); };
    addTexts(makeKind<TextTableOptions>("text_table", "Text table",
                                        "A CSV, TSV or JSON lines: a row a text or a pair of texts, with its target (a "
                                        "class or a number), role, domain, groups and columns for the specialist.",
                                        textTableFields()));
    addTexts(makeKind<AmazonReviewsOptions>("amazon_reviews", "Amazon reviews",
                                            "Reviews of 2014 or 2018 as JSON lines, a file per category: the rating as "
                                            "a class or a number, shifted by category, time or user. A specialist may "
                                            "read user and item.",
                                            amazonReviewsFields()));
    r.add(withReadings(
        makeKind<MovieLensOptions>("movielens", "MovieLens",
                                   "Ratings of movies: predicted from a prompt that tells movie, user and earlier "
                                   "ratings, and from user, movie, genres and user features; shifted by genre, "
                                   "time, user or popularity.",
                                   movieLensFields()),
        {kFieldsReading, kTextReading})); // its prompt says less of user and movie than their ids do
    return r;
}

KindRegistry makeBackbones() {
    KindRegistry r;
    r.add(withReadings(
        makeKind<VitOptions>("vit", "ViT or DeiT", "A vision transformer from its published files.", vitFields()),
        {kPictureReading}));
    r.add(withReadings(makeKind<TextEncoderOptions>("text_encoder", "BERT, RoBERTa, DistilBERT or T5",
                                                    "A text encoder from its published files, its tokenizer beside it; "
                                                    "of T5 the encoder.",
                                                    textEncoderFields()),
                       {kTextReading}));
    return r;
}

KindRegistry makeSpecialists() {
    KindRegistry r;
    const auto add = [&r](const char* reading, Kind kind) { r.add(withReadings(std::move(kind), {reading})); };
    add(kPictureReading,
        makeKind<CnnOptions>("cnn", "CNN", "A small convolutional network for pictures.", cnnFields()));
    add(kPictureReading,
        makeKind<TransformerOptions>("transformer", "Small transformer",
                                     "A small vision transformer from scratch, which knows nothing of the task: the "
                                     "generic specialist of the ablation.",
                                     transformerFields()));
    add(kTextReading,
        makeKind<BagOptions>("bag", "Bag of tokens",
                             "The mean of the token embeddings of a text, trained from scratch.", bagFields()));
    add(kTextReading,
        makeKind<TextCnnOptions>("text_cnn", "Text CNN",
                                 "Convolutions over the tokens of a text, trained from scratch.", textCnnFields()));
    add(kTextReading,
        makeKind<TextTransformerOptions>("text_transformer", "Small text transformer",
                                         "A small transformer from scratch on the tokens of a text, which "
                                         "knows nothing of the task: the generic specialist of the "
                                         "ablation.",
                                         textTransformerFields()));
    add(kFieldsReading, makeKind<TwoTowerOptions>("two_tower", "Two towers",
                                                  "Embeddings of user and item, their product and the other columns of "
                                                  "a row, through a hidden layer.",
                                                  twoTowerFields()));
    add(kFieldsReading,
        makeKind<MatrixFactorisationOptions>("matrix_factorisation", "Matrix factorisation",
                                             "The product of embeddings of user and item, and a bias of "
                                             "each.",
                                             matrixFactorisationFields()));
    add(kFieldsReading,
        makeKind<TableMlpOptions>("table_mlp", "Table MLP",
                                  "Hidden layers on the numeric and categorical columns of a row.", tableMlpFields()));
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
                                           "adapting layer; all are trained together.",
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
                     {.usesBackbone = false, .isDerived = true, .mixesWeights = true}));
    r.add(withTraits(makeKind<WiseFtOptions>("wise_ft", "WiSE-FT",
                                             "Fine-tuned weights, drawn back to the probe that they started from.",
                                             wiseFtFields()),
                     {.usesBackbone = false, .isDerived = true, .mixesWeights = true}));
    return r;
}

KindRegistry makeBackboneViews() {
    KindRegistry r;
    r.add(makeKind<BackbonePictureOptions>("picture", "Picture", "The picture, prepared as the checkpoint expects it.",
                                           backbonePictureFields()));
    r.add(makeKind<TextViewOptions>("text", "Text", "The tokens of the row's text.", backboneTextFields()));
    return r;
}

KindRegistry makeSpecialistViews() {
    KindRegistry r;
    r.add(makeKind<SpecialistPictureOptions>("picture", "Picture", "The picture at the specialist's own resolution.",
                                             specialistPictureFields()));
    r.add(makeKind<TextViewOptions>("text", "Text", "The tokens of the row's text.", specialistTextFields()));
    r.add(makeKind<FieldViewOptions>("fields", "Columns",
                                     "The row's other columns: numbers standardised on the training rows, categories, "
                                     "flags.",
                                     fieldViewFields()));
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
