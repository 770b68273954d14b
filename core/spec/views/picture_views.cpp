// SPDX-License-Identifier: Apache-2.0
#include "core/spec/views/picture_views.h"

namespace levi {
namespace {

template<typename S>
void addAugmentation(Fields<S>& f) {
    f.add("flip", &AugmentOptions::flip, "Flip left-right").help("Mirrors half of the training pictures.");
    f.add("crop_share", &AugmentOptions::cropShare, "Random crop")
        .range(0.05, 1)
        .help("Random crops of at least this share of the picture's area; 1 turns them off.");
    f.add("jitter", &AugmentOptions::jitter, "Colour jitter")
        .range(0, 1)
        .help("Brightness, contrast and saturation of training pictures vary by this share; 0 turns it off.");
}

} // namespace

FieldTable backbonePictureFields() {
    Fields<BackbonePictureOptions> f;
    addAugmentation(f);
    FieldTable table = f.table();
    for (Field& field : table)
        field.info.advanced = true;
    return table;
}

FieldTable specialistPictureFields() {
    Fields<SpecialistPictureOptions> f;
    f.add("resolution", &SpecialistPictureOptions::resolution, "Resolution")
        .unit("px")
        .range(8, 512)
        .help("Side of the square that the specialist reads; the cost grows with its square.");
    f.add("colour", &SpecialistPictureOptions::colour, "Colour")
        .help("Whether the specialist sees colours or grey values.");
    addAugmentation(f);
    return f.table();
}

} // namespace levi
