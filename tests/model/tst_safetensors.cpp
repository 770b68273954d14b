// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/model/safetensors.h"
#include "tests/model/broken_files.h"
#include "tests/support/test_main.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros.h>

#include <limits>

#include <sys/stat.h>

using namespace levi;
using test::rawSafetensors;

// Each rule of the format with a file that breaks it, and what may be there.
class TestSafetensors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusesBrokenFile_data();
    void refusesBrokenFile();
    void refusesAPipe();
    void looksForValuesThatAreNotFinite_data();
    void looksForValuesThatAreNotFinite();
    void readsUnusualFile_data();
    void readsUnusualFile();
    void refusesPickle_data();
    void refusesPickle();
    void readsBytesAtAnyAddress();
    void roundTrips();
    void writesTheSameBytesForTheSameContent();
    void refusesNameTwice();
    void namesAbsentTensor();
};

namespace {

const std::string kOne = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";

std::string twoTensors(std::string_view first, std::string_view second) {
    return fmt::format(
        R"({{"a":{{"dtype":"F32","shape":[1],"data_offsets":{}}},"b":{{"dtype":"F32","shape":[1],"data_offsets":{}}}}})",
        first, second);
}

std::string withShape(std::string_view shape, std::string_view dtype = "F32") {
    return fmt::format(R"({{"a":{{"dtype":"{}","shape":{},"data_offsets":[0,8]}}}})", dtype, shape);
}

std::string messageOf(const std::filesystem::path& file) {
    try {
        const Safetensors opened(file);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

} // namespace

void TestSafetensors::refusesBrokenFile_data() {
    QTest::addColumn<std::string>("bytes");
    QTest::addColumn<std::string>("says");
    const auto row = [](const char* name, std::string bytes, std::string says) {
        QTest::newRow(name) << std::move(bytes) << std::move(says);
    };
    row("empty file", "", "at least 8");
    row("cut in the length", "1234", "at least 8");
    row("header beyond the limit", rawSafetensors(kOne, 8, 100'000'001), "at most 100000000");
    row("length of all ones", rawSafetensors(kOne, 8, UINT64_MAX - 1), "at most 100000000");
    row("header beyond the file", rawSafetensors(kOne, 8, 1000), "cut off");
    row("empty header", rawSafetensors("", 0), "not one JSON object");
    row("list as header", rawSafetensors("[]", 0), "not one JSON object");
    row("space before the header", rawSafetensors(" " + kOne, 8), "not one JSON object");
    row("padded with zeros", rawSafetensors(kOne + std::string(2, '\0'), 8), "not one JSON object");
    row("two objects", rawSafetensors("{}{}", 0), "not valid JSON");
    row("not JSON", rawSafetensors("{a}", 0), "not valid JSON");
    row("not UTF-8", rawSafetensors("{\"\xff\":{}}", 0), "not valid JSON");
    row("name twice",
        rawSafetensors(
            R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
            8),
        "the safetensors header has the key 'a' twice");
    row("field twice", rawSafetensors(R"({"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8),
        "'dtype' twice in tensor 'a'");
    row("metadata twice", rawSafetensors(R"({"__metadata__":{},"__metadata__":{}})", 0), "'__metadata__' twice");
    row("metadata key twice", rawSafetensors(R"({"__metadata__":{"k":"1","k":"2"}})", 0), "'k' twice in __metadata__");
    row("metadata of numbers", rawSafetensors(R"({"__metadata__":{"k":1}})", 0), "expected a text");
    row("metadata of lists", rawSafetensors(R"({"__metadata__":{"k":[]}})", 0), "expected a text");
    row("metadata of objects", rawSafetensors(R"({"__metadata__":{"k":{}}})", 0), "nested object");
    row("metadata is a text", rawSafetensors(R"({"__metadata__":"pt"})", 0), "the text 'pt'");
    row("deep nesting", rawSafetensors(R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}", 0),
        "a list");
    row("deep objects", rawSafetensors(R"({"a":{"b":{"c":{}}}})", 0), "nested object");
    row("nested shape", rawSafetensors(withShape("[[2]]"), 8), "a list");
    row("no dtype", rawSafetensors(R"({"a":{"shape":[2],"data_offsets":[0,8]}})", 8), "no 'dtype'");
    row("no shape", rawSafetensors(R"({"a":{"dtype":"F32","data_offsets":[0,8]}})", 8), "no 'shape'");
    row("no offsets", rawSafetensors(R"({"a":{"dtype":"F32","shape":[2]}})", 8), "no 'data_offsets'");
    row("unknown field", rawSafetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":"y"}})", 8),
        "the text 'y'");
    row("three offsets", rawSafetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}})", 8), "3 numbers");
    row("negative offset", rawSafetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}})", 8),
        "the number -8");
    row("negative extent", rawSafetensors(withShape("[-2]"), 8), "the number -2");
    row("fractional extent", rawSafetensors(withShape("[2.0]"), 8), "the number 2.0");
    row("extent beyond 64 bits", rawSafetensors(withShape("[99999999999999999999]"), 8),
        "the number 99999999999999999999");
    row("extent beyond int64", rawSafetensors(withShape("[9223372036854775808]"), 8), "beyond any tensor");
    row("product overflows", rawSafetensors(withShape("[4294967296,4294967296]"), 8), "overflows");
    row("product overflows to fit", rawSafetensors(withShape("[4611686018427387906]"), 8), "overflows");
    row("empty hides an overflow",
        rawSafetensors(R"({"a":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}})", 0),
        "overflows");
    row("more numbers than a rank",
        rawSafetensors(withShape("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2]"), 8),
        "more than 32");
    row("8-bit float", rawSafetensors(withShape("[8]", "F8_E4M3"), 8), "'F8_E4M3'");
    row("complex", rawSafetensors(withShape("[1]", "C64"), 8), "'C64'");
    row("unknown dtype", rawSafetensors(withShape("[1]", "f32"), 8), "'f32'");
    row("size against shape", rawSafetensors(withShape("[3]"), 8), "needs 12");
    row("ends before its begin", rawSafetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8),
        "before its begin");
    row("does not start at zero", rawSafetensors(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8),
        "a hole");
    row("hole", rawSafetensors(twoTensors("[0,4]", "[8,12]"), 12), "a hole");
    row("overlap", rawSafetensors(twoTensors("[0,4]", "[2,6]"), 8), "overlapping");
    row("same bytes twice", rawSafetensors(twoTensors("[0,4]", "[0,4]"), 4), "overlapping");
    row("trailing bytes", rawSafetensors(kOne, 9), "trailing bytes");
    row("data cut off", rawSafetensors(kOne, 7), "cut off");
    row("no tensors but bytes", rawSafetensors("{}", 1), "trailing bytes");
}

void TestSafetensors::refusesBrokenFile() {
    QFETCH(std::string, bytes);
    QFETCH(std::string, says);
    const test::Folder folder;
    test::writeText(folder / "model.safetensors", bytes);
    const auto message = messageOf(folder / "model.safetensors");
    QVERIFY2(message.find(says) != std::string::npos, message.c_str());
    QVERIFY2(message.find("model.safetensors") != std::string::npos, message.c_str());
}

void TestSafetensors::refusesAPipe() {
    const test::Folder folder;
    QCOMPARE(::mkfifo((folder / "model.safetensors").c_str(), 0600), 0);
    const auto message = messageOf(folder / "model.safetensors");
    QVERIFY2(message.find("expected a regular file") != std::string::npos, message.c_str());
    refusePickle(folder / "model.safetensors"); // is none, and is not waited for
}

void TestSafetensors::looksForValuesThatAreNotFinite_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<double>("value");
    QTest::addColumn<bool>("expected");
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN(),
                     kInfinity = std::numeric_limits<double>::infinity();
    for (const auto type : {at::kFloat, at::kDouble, at::kHalf, at::kBFloat16}) {
        const auto row = [type](const char* name, double value, bool isFinite) {
            QTest::addRow("%s, %s", c10::toString(type), name) << int(type) << value << isFinite;
        };
        row("largest of halves", -65504, true);
        row("NaN", kNaN, false);
        row("negative infinity", -kInfinity, false);
    }
    QTest::newRow("whole numbers of all ones") << int(at::kInt) << -1.0 << true;
}

void TestSafetensors::looksForValuesThatAreNotFinite() {
    QFETCH(int, type);
    QFETCH(double, value);
    const test::Folder folder;
    auto tensor = at::zeros({40'003}, at::ScalarType(type));
    tensor[40'002].fill_(value);
    writeSafetensors(folder / "a.safetensors", {{"a", tensor}, {"b", at::zeros({1}, at::kByte)}});
    const Safetensors file(folder / "a.safetensors");
    QTEST(file.isFinite(*file.find("a")), "expected");
    QVERIFY(file.isFinite(*file.find("b")));
}

void TestSafetensors::readsUnusualFile_data() {
    QTest::addColumn<std::string>("bytes");
    QTest::addColumn<int>("tensors");
    const auto row = [](const char* name, std::string bytes, int tensors) {
        QTest::newRow(name) << std::move(bytes) << tensors;
    };
    row("no tensors", rawSafetensors("{}", 0), 0);
    row("padding", rawSafetensors(kOne + "     ", 8), 1);
    row("order of bytes, not of names", rawSafetensors(twoTensors("[4,8]", "[0,4]"), 8), 2);
    row("scalar", rawSafetensors(R"({"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}})", 8), 1);
    row("empty tensor between",
        rawSafetensors(
            R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[0,7],"data_offsets":[4,4]},"c":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
            8),
        3);
    row("metadata",
        rawSafetensors(R"({"__metadata__":{"format":"pt"},"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}})", 8),
        1);
    row("header of 128 bytes", rawSafetensors(kOne + std::string(128 - kOne.size(), ' '), 8), 1);
}

void TestSafetensors::readsUnusualFile() {
    QFETCH(std::string, bytes);
    QFETCH(int, tensors);
    const test::Folder folder;
    test::writeText(folder / "a.safetensors", bytes);
    const Safetensors file(folder / "a.safetensors");
    QCOMPARE(static_cast<int>(file.tensors().size()), tensors);
    for (const auto& entry : file.tensors())
        QVERIFY(file.read(entry.name).sizes() == at::IntArrayRef(entry.shape));
}

void TestSafetensors::refusesPickle_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<std::string>("bytes");
    QTest::newRow("by name .bin") << "pytorch_model.bin" << kOne;
    QTest::newRow("by name .pt") << "model.pt" << kOne;
    QTest::newRow("by name .pth") << "model.pth" << kOne;
    QTest::newRow("zip in disguise") << "model.safetensors" << std::string("PK\x03\x04\x00\x00\x08\x08\x00\x00", 10);
    QTest::newRow("pickle in disguise") << "model.safetensors" << std::string("\x80\x02}q\x01(X\x01\x00\x00", 10);
}

void TestSafetensors::refusesPickle() {
    QFETCH(QString, name);
    QFETCH(std::string, bytes);
    const test::Folder folder;
    const auto file = folder.path / name.toStdString();
    test::writeText(file, bytes);
    const auto message = messageOf(file);
    QVERIFY2(message.find("pickle") != std::string::npos, message.c_str());
    QVERIFY2(message.find("save_file") != std::string::npos, message.c_str());
}

void TestSafetensors::readsBytesAtAnyAddress() {
    const test::Folder folder;
    std::string bytes = rawSafetensors(kOne + "   ", 0); // data at 8 + an odd length
    const float values[2] = {1.5f, -2.0f};
    bytes.append(reinterpret_cast<const char*>(values), sizeof values);
    QVERIFY((bytes.size() - sizeof values) % 4 != 0);
    test::writeText(folder / "a.safetensors", bytes);
    const auto tensor = Safetensors(folder / "a.safetensors").read("a");
    QCOMPARE(tensor[0].item<float>(), 1.5f);
    QCOMPARE(tensor[1].item<float>(), -2.0f);
}

void TestSafetensors::roundTrips() {
    const test::Folder folder;
    std::vector<NamedTensor> tensors;
    for (const auto type : {at::kBool, at::kByte, at::kChar, at::kShort, at::kInt, at::kLong, at::kHalf, at::kBFloat16,
                            at::kFloat, at::kDouble})
        tensors.push_back({c10::toString(type), at::arange(6, at::kFloat).to(type).reshape({2, 3}).transpose(0, 1)});
    tensors.push_back({"scalar", at::scalar_tensor(2.5)});
    tensors.push_back({"empty", at::zeros({0, 3})});
    tensors.push_back({"with \"quotes\" and \xc3\xa9", at::zeros({1})});
    writeSafetensors(folder / "a.safetensors", tensors, {{"format", "pt"}, {"step", "12"}});
    const Safetensors file(folder / "a.safetensors");
    QCOMPARE(file.tensors().size(), tensors.size());
    QCOMPARE(file.metadata().at("step"), std::string("12"));
    for (const auto& [name, tensor] : tensors) {
        const auto read = file.read(name);
        QVERIFY2(read.scalar_type() == tensor.scalar_type() && at::equal(read, tensor), name.c_str());
    }
}

void TestSafetensors::writesTheSameBytesForTheSameContent() {
    const test::Folder folder;
    const NamedTensor a{"a", at::zeros({3}, at::kByte)}, b{"b", at::zeros({2})}, c{"c", at::zeros({2}, at::kDouble)},
        d{"d", at::zeros({1})};
    writeSafetensors(folder / "1.safetensors", {a, b, c, d});
    writeSafetensors(folder / "2.safetensors", {d, c, b, a});
    QCOMPARE(readFile(folder / "1.safetensors"), readFile(folder / "2.safetensors"));
    std::string order;
    const Safetensors file(folder / "1.safetensors");
    for (const auto& entry : file.tensors())
        order += entry.name;
    QCOMPARE(order, std::string("cbda")); // 8, 4, 4, 1 bytes
    const std::string bytes = readFile(folder / "1.safetensors");
    QCOMPARE(parseSafetensorsHeader(std::as_bytes(std::span(bytes)), "1").dataOffset % 8, std::size_t{0});
}

void TestSafetensors::refusesNameTwice() {
    const test::Folder folder;
    QVERIFY_EXCEPTION_THROWN(writeSafetensors(folder / "a.safetensors", {{"a", at::zeros({1})}, {"a", at::zeros({1})}}),
                             Error);
    QVERIFY(!std::filesystem::exists(folder / "a.safetensors"));
}

void TestSafetensors::namesAbsentTensor() {
    const test::Folder folder;
    test::writeText(folder / "a.safetensors", rawSafetensors(kOne, 8));
    const Safetensors file(folder / "a.safetensors");
    QVERIFY(file.find("b") == nullptr);
    QVERIFY_EXCEPTION_THROWN(file.read("b"), Error);
}

LEVI_TEST(TestSafetensors)
#include "tst_safetensors.moc"
