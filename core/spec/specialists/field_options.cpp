// SPDX-License-Identifier: Apache-2.0
#include "core/spec/specialists/field_options.h"

namespace levi {
namespace {

template<typename S>
void addIds(Fields<S>& f) {
    using R = RatingOptions;
    f.add("user", &R::user, "User").help("Name of the category that says who rates.");
    f.add("item", &R::item, "Item").help("Name of the category that says what is rated.");
    f.add("id_width", &R::idWidth, "Width of ids").range(1, 1024).help("Numbers per user and per item.");
    f.add("id_dropout", &R::idDropout, "Id dropout")
        .range(0, 0.9)
        .help("Share of users and items that each training step takes for unknown ones. It is all that trains what "
              "unknown ones get; without it, users and items that only test rows have ruin the prediction, and id_val "
              "cannot show it.");
}

template<typename S>
void addCategories(Fields<S>& f) {
    f.add("category_width", &S::categoryWidth, "Width of categories")
        .range(1, 256)
        .help("Numbers per value of a categorical column.");
    f.add("hidden_width", &S::hiddenWidth, "Hidden width").range(4, 4096).help("Width of hidden layers.");
}

template<typename S>
void addOutput(Fields<S>& f) {
    f.add("output_width", &S::outputWidth, "Output width")
        .range(4, 4096)
        .help("Width of s, the specialist's final output, which every adapting layer reads beside its hidden state.");
}

} // namespace

FieldTable tableMlpFields() {
    using T = TableMlpOptions;
    Fields<T> f;
    addCategories(f);
    f.add("depth", &T::depth, "Depth").unit("layers").range(1, 8).help("Hidden layers.");
    addOutput(f);
    addSpecialistTraining(f);
    return f.table();
}

FieldTable twoTowerFields() {
    Fields<TwoTowerOptions> f;
    addIds(f);
    addCategories(f);
    addOutput(f);
    addSpecialistTraining(f);
    return f.table();
}

FieldTable matrixFactorisationFields() {
    Fields<MatrixFactorisationOptions> f;
    addIds(f);
    addSpecialistTraining(f);
    return f.table();
}

} // namespace levi
