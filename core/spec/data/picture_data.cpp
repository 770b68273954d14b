// SPDX-License-Identifier: Apache-2.0
#include "core/spec/data/picture_data.h"

namespace levi {
namespace {

template<typename S>
void addBroken(Fields<S>& f) {
    f.add("broken", &S::broken, "Broken files")
        .advanced()
        .help("Whether a file that cannot be read stops the load or is counted, named and skipped.");
}

template<typename S>
void addExif(Fields<S>& f) {
    f.add("exif_orientation", &S::exifOrientation, "Apply EXIF orientation")
        .advanced()
        .help("Turns pictures upright as their EXIF tag says; many reference pipelines ignore the tag.");
}

} // namespace

FieldTable imageFolderFields() {
    Fields<ImageFolderOptions> f;
    f.add("path", &ImageFolderOptions::path, "Folder or zip")
        .required()
        .help("Pictures as domain/class/file or class/file: a folder, or a zip file of one.");
    addDomains(f);
    addSplit(f);
    addExif(f);
    addBroken(f);
    return f.table();
}

FieldTable pictureTableFields() {
    using T = PictureTableOptions;
    Fields<T> f;
    addTableFile(f);
    f.add("path", &T::path, "Folder or zip").required().help("Of the pictures that the table names.");
    f.add("picture", &T::picture, "Picture")
        .required()
        .help("Column of the picture's path below the folder; or a text with columns in braces, such as "
              "train/{id_code}.png, where {#} is the row's number from 0.");
    addTableTarget(f);
    addTableGroups(f);
    addTableRoles(f);
    addExif(f);
    return f.table();
}

FieldTable idxFields() {
    Fields<IdxOptions> f;
    f.add("id_path", &IdxOptions::idPath, "In-distribution folder")
        .required()
        .help(
            "Folder with train-* and t10k-* (or *-train-*, *-test-*) images and labels in IDX format, plain or gzip.");
    f.add("ood_path", &IdxOptions::oodPath, "Out-of-distribution folder")
        .help("Folder of the same kind, all of whose rows are tested out of distribution; empty: none.");
    addSplit(f);
    addBroken(f);
    return f.table();
}

FieldTable demoWorldFields() {
    Fields<DemoWorldOptions> f;
    f.add("world_seed", &DemoWorldOptions::worldSeed, "World seed")
        .help("Seed of the procedural world: the same seed, the same pictures.");
    f.add("train_rows", &DemoWorldOptions::trainRows, "Training rows")
        .unit("rows")
        .range(60, 100'000)
        .help("Pictures to train on.");
    f.add("eval_rows", &DemoWorldOptions::evalRows, "Rows per other role")
        .unit("rows")
        .range(60, 100'000)
        .help("Pictures of id_val, of id_test and of each out-of-distribution set.");
    f.add("cue_strength", &DemoWorldOptions::cueStrength, "Cue strength")
        .range(0, 1)
        .help("Share of in-distribution pictures whose spurious cue agrees with the class.");
    f.add("picture_noise", &DemoWorldOptions::pictureNoise, "Picture noise")
        .range(0, 1)
        .advanced()
        .help("Standard deviation of the noise on each pixel, with pixels in [0, 1].");
    return f.table();
}

} // namespace levi
