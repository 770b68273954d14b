// SPDX-License-Identifier: Apache-2.0
#include "core/base/line_cutter.h"
#include "tests/data/files.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <fmt/format.h>

using namespace levi;

class TestLineCutter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cuts_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("lines"); // "1<first>"
        QTest::newRow("nothing") << QByteArray() << QByteArray();
        QTest::newRow("lines") << QByteArray("a\nbc\r\n\nd\n") << QByteArray("1<a>2<bc>3<>4<d>");
        QTest::newRow("without a last end") << QByteArray("a\nbc") << QByteArray("1<a>2<bc>");
        QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF"
                                                       "a\n\xEF\xBB\xBF"
                                                       "b\n")
                                         << QByteArray("1<a>2<\xEF\xBB\xBF"
                                                       "b>");
    }

    void cuts() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, lines);
        for (qsizetype size = 1; size <= text.size() + 1; ++size) {
            std::string found;
            LineCutter cutter("t", [&found](const std::string& line, std::size_t number) {
                found += fmt::format("{}<{}>", number, line);
            });
            for (qsizetype at = 0; at < text.size(); at += size)
                cutter.add(text.mid(at, size).toStdString());
            cutter.end();
            QCOMPARE(QByteArray::fromStdString(found), lines);
        }
    }

    void refusesLinesWithoutEnd() {
        const std::string piece(std::size_t{1} << 20, 'x');
        LineCutter cutter("z.zip!a", [](const std::string&, std::size_t) {});
        cutter.add("first\n");
        const std::string error = test::errorOf([&] {
            for (int i = 0; i < 20; ++i)
                cutter.add(piece);
        });
        QCOMPARE(error, std::string("z.zip!a: line 2 is longer than 16 MiB; are its lines ended?"));
    }
};

LEVI_TEST(TestLineCutter)
#include "tst_line_cutter.moc"
