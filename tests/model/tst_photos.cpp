// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.h"
#include "core/engine/data/zip_file.h"
#include "core/engine/image/decode.h"
#include "core/engine/image/preprocess.h"
#include "core/engine/model/backbone.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/softmax.h>
#include <c10/core/GradMode.h>

#include <cstring>
#include <sstream>

using namespace levi;

// From JPEG to class: decoding, the checkpoint's own recipe and the network together, on the published ViT-Ti/16.
class TestPhotos : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyPhotoIsRecognised();
};

namespace {

struct Expected {
    std::int64_t classIndex = 0;
    double probability = 0;
};

std::map<std::string, Expected> expectedClasses(const std::filesystem::path& file) {
    std::istringstream lines(readFile(file));
    std::map<std::string, Expected> result;
    std::string header, name, wnid;
    std::int64_t label = 0;
    std::getline(lines, header);
    Expected expected;
    while (lines >> name >> wnid >> label >> expected.classIndex >> expected.probability)
        result[name] = expected;
    return result;
}

at::Tensor pixelTensor(const std::string& jpeg, const std::string& name, const PreprocessRecipe& recipe) {
    const auto pixels = pixelValues(decodePicture(std::as_bytes(std::span(jpeg)), name), recipe);
    auto tensor = at::empty({1, 3, recipe.cropHeight, recipe.cropWidth}, at::kFloat);
    std::memcpy(tensor.mutable_data_ptr(), pixels.values.data(), tensor.nbytes());
    return tensor;
}

} // namespace

void TestPhotos::everyPhotoIsRecognised() {
    const auto weights = test::realData("models/vit_tiny_patch16_224");
    const auto photos = test::realData("datasets/imagenet_samples");
    LEVI_NEEDS(weights);
    LEVI_NEEDS(photos);
    const c10::NoGradGuard noGrad;
    const auto backbone = openBackbone(weights);
    const auto expected = expectedClasses(photos / "expected_top1.tsv");
    const ZipFile zip(photos / "imagenet_samples.zip");
    int right = 0, exact = 0;
    for (const auto& member : zip.members()) {
        const auto name = member.name.substr(member.name.rfind('/') + 1);
        const auto pixels = pixelTensor(zip.read(member), name, backbone->info().preprocess);
        const auto probabilities = at::softmax(backbone->forward({pixels, {}}).heads.at("logits"), 1)[0];
        const auto& wanted = expected.at(name);
        right += probabilities.argmax().item<std::int64_t>() == wanted.classIndex;
        exact += std::abs(probabilities[wanted.classIndex].item<double>() - wanted.probability) < 1e-4;
    }
    QCOMPARE(right, 17);
    QVERIFY(exact >= 8); // pictures with an odd margin were cropped one pixel aside there
}

LEVI_TEST(TestPhotos)
#include "tst_photos.moc"
