// SPDX-License-Identifier: Apache-2.0
#include "core/spec/data/picture_data.h"

#include <algorithm>

namespace levi {
namespace {

template<typename S>
std::optional<std::string> sharesFit(const S& o) {
    if (o.valShare + o.testShare < 0.95) return std::nullopt;
    return fmt::format("val_share {} and test_share {} leave nothing to train on; keep their sum below 0.95",
                       o.valShare, o.testShare);
}

template<typename S>
void addSplit(Fields<S>& f) {
    f.add("split_seed", &SplitOptions::splitSeed, "Split seed")
        .help("Seed of the split into train, id_val and id_test; its own field, so that all training seeds share one "
              "split.");
    f.add("val_share", &SplitOptions::valShare, "Validation share")
        .range(0.01, 0.9)
        .help("Share of each in-distribution domain and class that becomes id_val, which chooses epochs and settings.")
        .check([](const ExperimentSpec&, const S& o) { return sharesFit(o); });
    f.add("test_share", &SplitOptions::testShare, "Test share")
        .range(0.01, 0.9)
        .help("Share of each in-distribution domain and class that becomes id_test, which chooses nothing.");
    f.add("train_limit", &SplitOptions::trainLimit, "Training rows at most")
        .unit("rows")
        .atLeast(0)
        .advanced()
        .help("Keeps at most so many training rows, drawn by the split seed; 0 keeps all.");
}

template<typename S>
void addBroken(Fields<S>& f) {
    f.add("broken", &S::broken, "Broken files")
        .advanced()
        .help("Whether a file that cannot be read stops the load or is counted, named and skipped.");
}

std::optional<std::string> domainsOnce(const ImageFolderOptions& o) {
    std::vector<std::string> all;
    for (const auto* list : {&o.id, &o.ood, &o.oodVal})
        all.insert(all.end(), list->begin(), list->end());
    std::ranges::sort(all);
    const auto twice = std::ranges::adjacent_find(all);
    if (twice == all.end()) return std::nullopt;
    return fmt::format("domain '{}' is named twice among id, ood and ood_val; give it one role", *twice);
}

} // namespace

FieldTable imageFolderFields() {
    Fields<ImageFolderOptions> f;
    f.add("path", &ImageFolderOptions::path, "Folder or zip")
        .required()
        .help("Pictures as domain/class/file or class/file: a folder, or a zip file of one.");
    f.add("id", &ImageFolderOptions::id, "In-distribution domains")
        .help("Domains to train on and to test in distribution; empty: all that are not named as out-of-distribution.")
        .check([](const ExperimentSpec&, const ImageFolderOptions& o) { return domainsOnce(o); });
    f.add("ood", &ImageFolderOptions::ood, "Out-of-distribution domains")
        .help("Domains to test out of distribution; each one is a role ood_test/<domain>.");
    f.add("ood_val", &ImageFolderOptions::oodVal, "OOD validation domains")
        .advanced()
        .help("Domains of the optional role ood_val: only rules that say so may look at it.");
    addSplit(f);
    f.add("exif_orientation", &ImageFolderOptions::exifOrientation, "Apply EXIF orientation")
        .advanced()
        .help("Turns pictures upright as their EXIF tag says; many reference pipelines ignore the tag.");
    addBroken(f);
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
