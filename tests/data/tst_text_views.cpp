// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"
#include "core/engine/data/batches.h"
#include "core/engine/data/field_view.h"
#include "core/engine/data/length_order.h"
#include "core/engine/data/load.h"
#include "core/engine/data/text_view.h"
#include "core/spec/data/text_data.h"
#include "core/spec/kinds.h"
#include "tests/data/files.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>
#include <numeric>
#include <set>

using namespace levi;

namespace {

struct Fixture {
    test::TemporaryFolder folder;

    std::shared_ptr<const Tokenizer> tokenizer() const {
        folder.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nd\n");
        return openTokenizer(folder.path());
    }

    std::shared_ptr<TextView> view(TextViewOptions options = {}) const {
        return std::make_shared<TextView>("backbone", tokenizer(), std::move(options));
    }

    RowSet rows(const std::string& table, const std::function<void(TextTableOptions&)>& change = {}) const {
        Options data(dataKinds().at("text_table"));
        auto& options = *data.as<TextTableOptions>();
        options.table = folder.write("t.csv", table);
        options.text = "text";
        options.targetColumn = "y";
        options.split = "split";
        if (change) change(options);
        m_data = loadDataset(data);
        return m_data.training.train;
    }

    const Dataset& data() const { return m_data; }

private:
    mutable Dataset m_data;
};

Reading read(const std::shared_ptr<const View>& view, const RowSet& rows) {
    BatchLoader loader(rows, {.specialist = {.view = view, .cache = nullptr}, .batchSize = 100, .threads = 0});
    return loader.next()->specialist;
}

std::vector<std::int64_t> longs(const at::Tensor& tensor) {
    const auto plain = tensor.contiguous();
    const auto* begin = plain.data_ptr<std::int64_t>();
    return {begin, begin + plain.numel()};
}

std::vector<float> floats(const at::Tensor& tensor) {
    const auto plain = tensor.contiguous();
    const auto* begin = plain.data_ptr<float>();
    return {begin, begin + plain.numel()};
}

} // namespace

class TestTextViews : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void padsToTheLongestOfTheBatch() {
        const Fixture f;
        std::string words;
        for (int i = 0; i < 17; ++i)
            words += "b ";
        const RowSet rows = f.rows("text,y,split\na b,1,train\n" + words + ",0,train\nc,1,id_val\nd,0,id_val\n");
        const Reading reading = read(f.view(), rows);
        QCOMPARE(reading.rows(), std::int64_t{2});
        QCOMPARE(reading.ids.size(1), std::int64_t{32}); // 19, in steps of 16
        QCOMPARE(longs(reading.ids[0].slice(0, 0, 5)), (std::vector<std::int64_t>{2, 5, 6, 3, 0}));
        QCOMPARE(longs(reading.mask[0].slice(0, 2, 6)), (std::vector<std::int64_t>{1, 1, 0, 0}));
        QCOMPARE(longs(reading.mask.sum(1)), (std::vector<std::int64_t>{4, 19}));
        QVERIFY(reading.types.defined() && !reading.pixels.defined());
        QCOMPARE(read(f.view({.maxLength = 18}), rows).ids.size(1), std::int64_t{18}); // no longer than asked for
    }

    void cutsWordsAndPairs() {
        const Fixture f;
        const RowSet rows = f.rows("text,y,split,other\na b c d,1,train,d\na,0,id_val,b\nb,1,train,c\n",
                                   [](auto& o) { o.textPair = "other"; });
        const Reading pair = read(f.view({.maxLength = 7, .wording = "c {text}"}), rows);
        QCOMPARE(longs(pair.ids[0]), (std::vector<std::int64_t>{2, 7, 5, 6, 3, 8, 3}));
        QCOMPARE(longs(pair.types[0]), (std::vector<std::int64_t>{0, 0, 0, 0, 0, 1, 1}));
    }

    void showsPeopleWhatIsRead() {
        const Fixture f;
        const RowSet rows = f.rows("text,y,split,other\na b c d,1,train,d\na,0,id_val,b\nb,1,train,c\n",
                                   [](auto& o) { o.textPair = "other"; });
        Sample sample(rows, 0);
        QCOMPARE(f.view({.wording = "c {text}"})->shown(sample), std::string("9 tokens: c a b c d | d"));
        QCOMPARE(f.view({.maxLength = 7})->shown(sample), std::string("the first 7 of 8 tokens of: a b c d | d"));
        QCOMPARE(f.view({.maxLength = 7})->how(), std::string("WordPiece, 9 tokens; at most 7 of a text"));
    }

    void saysAllThatIdsDependOn() {
        const Fixture f;
        const std::string text = f.view()->text();
        QVERIFY(text != f.view({.maxLength = 127})->text());
        QVERIFY(text != f.view({.wording = "a {text}"})->text());
        QCOMPARE(text, f.view()->text());
        QVERIFY(f.view()->deterministic());
        QCOMPARE(f.view()->form().vocabulary, std::int64_t{9});
    }

    void batchesHoldRowsOfLikeLength() {
        std::vector<std::int64_t> lengths(1003), order(1003);
        for (std::size_t i = 0; i < lengths.size(); ++i)
            lengths[i] = std::int64_t((i * 37) % 101);
        std::iota(order.begin(), order.end(), 0);
        const LengthOrder byLength{.batchSize = 10, .seed = 1, .epoch = 2};
        const auto sorted = byLength.of(order, lengths);
        QCOMPARE(sorted, byLength.of(order, lengths));
        QVERIFY(sorted != (LengthOrder{.batchSize = 10, .seed = 1, .epoch = 3}.of(order, lengths)));
        auto all = sorted;
        std::ranges::sort(all);
        QCOMPARE(all, order);
        std::int64_t widest = 0;
        for (std::size_t begin = 0; begin + 10 <= 1000; begin += 10) {
            const auto of = [&](std::int64_t position) { return lengths[std::size_t(position)]; };
            const auto batch = std::span(sorted).subspan(begin, 10);
            widest = std::max(widest, of(*std::ranges::max_element(batch, {}, of)) -
                                          of(*std::ranges::min_element(batch, {}, of)));
        }
        QVERIFY(widest <= 3);
    }

    // Nothing that only id_val says is known.
    void fitsFieldsOnTrainingRowsAlone() {
        const Fixture f;
        const RowSet rows = f.rows("text,y,split,n,m,who\n"
                                   "a,1,train,2,5,x\na,0,train,6,5,y\na,1,train,,5,\na,0,id_val,100,7,z\n",
                                   [](auto& o) {
                                       o.numeric = {"n", "m"};
                                       o.categorical = {"who"};
                                   });
        const auto view = std::make_shared<FieldView>(fieldScale(rows));
        const Reading train = read(view, rows);
        QCOMPARE(floats(train.numbers.select(1, 0)), (std::vector<float>{-1, 1, 0}));
        QCOMPARE(floats(train.numbers.select(1, 1)), (std::vector<float>{0, 0, 0})); // never varies
        QCOMPARE(longs(train.categories), (std::vector<std::int64_t>{1, 2, 0}));
        const Reading val = read(view, f.data().training.idVal);
        QCOMPARE(floats(val.numbers), (std::vector<float>{48, 0}));
        QCOMPARE(longs(val.categories), (std::vector<std::int64_t>{0}));
        QCOMPARE(view->form().categories[0].values, std::int64_t{3});
        Sample shown(f.data().training.idVal, 0), empty(rows, 2);
        QCOMPARE(view->shown(shown), std::string("who z (unknown) · n 100 · m 7"));
        QCOMPARE(view->shown(empty), std::string("who not said · n not said · m 5"));
        QCOMPARE(view->how(), std::string("who (2 known), n, m"));
        const FieldView again(fieldScaleOfText(view->fitted()));
        QCOMPARE(again.text(), view->text());
        QCOMPARE(again.placeOf(0, "y"), std::int64_t{2});
        QVERIFY_THROWS_EXCEPTION(Error, fieldScaleOfText("{\"numbers\": 1}"));
    }

    void flagsThatTrainingNeverRaisesStayDown() {
        struct Flags final : SampleSource {
            SampleFields fields(std::int64_t row) const override {
                return {.numbers = {}, .categories = {}, .flags = {std::uint8_t(row == 0), std::uint8_t(row == 1)}};
            }
            FieldNames fieldNames() const override { return {.numbers = {}, .categories = {}, .flags = {"a", "b"}}; }
            bool holdsPictures() const override { return false; }
            std::string content(std::int64_t row) const override { return std::to_string(row); }
        };
        auto table = std::make_shared<RowTable>();
        table->classes = {"only"};
        table->domains = {"all"};
        table->rows = {{.id = "0"}, {.id = "1"}};
        table->source = std::make_shared<Flags>();
        const RowSet train("train", table, {0}), all("all", table, {0, 1});
        const auto view = std::make_shared<FieldView>(fieldScale(train));
        QCOMPARE(floats(read(view, all).flags), (std::vector<float>{1, 0, 0, 0}));
        Sample second(all, 1);
        QCOMPARE(view->shown(second), std::string("b (never seen)"));
    }
};

LEVI_TEST(TestTextViews)
#include "tst_text_views.moc"
