// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json_file.h"
#include "tests/support/test_main.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

using namespace levi;

namespace {

QString messageOf(const std::string& text, const JsonLimits& limits = {}) {
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("f.json").toStdString();
    writeFileAtomically(file, text);
    try {
        readJsonObject(file, limits);
    } catch (const Error& error) {
        return QString::fromStdString(error.what());
    }
    return {};
}

// {"a":[{},{},...]}
std::string withObjects(int count) {
    std::string text = R"({"a":[{})";
    for (int i = 1; i < count; ++i)
        text += ",{}";
    return text + "]}";
}

} // namespace

class TestJsonFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refuses_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says"); // "": nothing
        QTest::newRow("what is well") << QByteArray(R"({"a":{"x":1},"b":{"x":[2,null,1.5,"t",true]}})") << QString();
        QTest::newRow("a list") << QByteArray("[]") << "found array, expected an object";
        QTest::newRow("half") << QByteArray(R"({"a":)") << "is not valid JSON";
        QTest::newRow("more behind it") << QByteArray("{}{}") << "is not valid JSON";
        QTest::newRow("no number") << QByteArray(R"({"a":1e999})") << "is not valid JSON";
        QTest::newRow("a key twice") << QByteArray(R"({"b":[{"a":1,"c":2,"a":3}]})") << "has the key \"a\" twice";
        QTest::newRow("deep lists") << QByteArray(R"({"a":)") + QByteArray(100, '[') << "is nested deeper than 32";
        QTest::newRow("deep objects") << QByteArray(R"({"a":)").repeated(100) << "is nested deeper than 32";
        QTest::newRow("as deep as it may")
            << QByteArray(R"({"a":)") + QByteArray(31, '[') + QByteArray(31, ']') + "}" << QString();
        QTest::newRow("many values") << QByteArray(R"({"a":[0)") + QByteArray(",0").repeated(100) + "]}"
                                     << "holds more than 100 values";
        QTest::newRow("many objects") << QByteArray::fromStdString(withObjects(100)) << "holds more than 100 values";
    }

    void refuses() {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        const QString message = messageOf(text.toStdString(), {.values = 100, .uniqueKeys = true});
        QVERIFY2(message.contains(says) && message.isEmpty() == says.isEmpty(), qPrintable(message));
    }

    void theLastOfTwoKeysCountsUnlessItIsRefused() { QCOMPARE(messageOf(R"({"a":1,"a":2})"), QString()); }

    // Looking through what stands before each of them would take half a minute.
    void takesTimeInProportion() {
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(messageOf(withObjects(200'000), {.uniqueKeys = true}), QString());
        QVERIFY2(clock.elapsed() < 5000, qPrintable(QString::number(clock.elapsed())));
    }
};

LEVI_TEST(TestJsonFile)
#include "tst_json_file.moc"
