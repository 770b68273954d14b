// SPDX-License-Identifier: Apache-2.0
#include "core/report/escape.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <string>

namespace {

const QString kBroken = QStringLiteral("\uFFFD");

void textColumns() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("expected");
}

QString utf8(const std::string& text) {
    return QString::fromStdString(text);
}

} // namespace

class TestEscape : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleans_data() {
        textColumns();
        QTest::newRow("plain") << QByteArray("LEVI 8-12") << "LEVI 8-12";
        QTest::newRow("umlaut, kanji, emoji") << QByteArray("ü漢😀") << QString::fromUtf8("ü漢😀");
        QTest::newRow("line breaks") << QByteArray("a\r\nb\nc\rd") << "a b c d";
        QTest::newRow("tab") << QByteArray("a\tb") << "a b";
        QTest::newRow("escape sequence") << QByteArray("\x1b[2J") << kBroken + "[2J";
        QTest::newRow("zero byte") << QByteArray("a\0b", 3) << "a" + kBroken + "b";
        QTest::newRow("lone continuation") << QByteArray("a\x80z") << "a" + kBroken + "z";
        QTest::newRow("cut off") << QByteArray("a\xE2\x82") << "a" + kBroken;
        QTest::newRow("overlong slash") << QByteArray("\xC0\xAF") << kBroken + kBroken;
        QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << kBroken + kBroken + kBroken;
        QTest::newRow("above the last") << QByteArray("\xF5\x80\x80\x80") << kBroken.repeated(4);
        QTest::newRow("Latin-1") << QByteArray("M\xFCnchen") << "M" + kBroken + "nchen";
        QTest::newRow("turned direction") << QByteArray("a\xE2\x80\xAE"
                                                        "b")
                                          << "a" + kBroken + "b";
        QTest::newRow("line separator") << QByteArray("a\xE2\x80\xA8"
                                                      "b")
                                        << "a b";
        QTest::newRow("C1 control") << QByteArray("a\xC2\x9B"
                                                  "b")
                                    << "a" + kBroken + "b";
    }

    void cleans() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        const std::string cleaned = levi::cleanLine(text.toStdString());
        QCOMPARE(utf8(cleaned), expected);
        QCOMPARE(levi::cleanLine(cleaned), cleaned);
    }

    void keepsLinesOfABlock() { QCOMPARE(levi::cleanBlock("a\r\n\tb\x1b\n"), std::string("a\n    b\xEF\xBF\xBD\n")); }

    void escapesHtml_data() {
        textColumns();
        QTest::newRow("script") << QByteArray("<script>alert(1)</script>") << "&lt;script&gt;alert(1)&lt;/script&gt;";
        QTest::newRow("attribute") << QByteArray("\" onload='x") << "&quot; onload=&#39;x";
        QTest::newRow("entity") << QByteArray("&lt;") << "&amp;lt;";
    }

    void escapesHtml() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(utf8(levi::escapeHtml(text.toStdString())), expected);
    }

    void escapesMarkdown_data() {
        textColumns();
        QTest::newRow("pipe") << QByteArray("a|b\\|c") << "a\\|b\\\\\\|c";
        QTest::newRow("emphasis") << QByteArray("**a** _b_ `c` ~d~") << "\\*\\*a\\*\\* \\_b\\_ \\`c\\` \\~d\\~";
        QTest::newRow("link") << QByteArray("[a](javascript:b)") << "\\[a\\](javascript:b)";
        QTest::newRow("html") << QByteArray("<b>&") << "&lt;b&gt;&amp;";
        QTest::newRow("mention, formula") << QByteArray("@all $x$ #1") << "&#64;all \\$x\\$ \\#1";
        QTest::newRow("new row") << QByteArray("a\n| b |") << "a \\| b \\|";
    }

    void escapesMarkdown() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(utf8(levi::escapeMarkdown(text.toStdString())), expected);
    }

    void escapesLatex_data() {
        textColumns();
        QTest::newRow("ten specials") << QByteArray("\\{}$&#^_~%")
                                      << "\\textbackslash{}\\{\\}\\$\\&\\#\\textasciicircum{}\\_\\textasciitilde{}\\%";
        QTest::newRow("command") << QByteArray("\\input{/etc/passwd}") << "\\textbackslash{}input\\{/etc/passwd\\}";
        QTest::newRow("option of a line break") << QByteArray("[9cm] *") << "{[}9cm{]} {*}";
        QTest::newRow("hyphens") << QByteArray("a---b") << "a-{}-{}-b";
        QTest::newRow("quotes") << QByteArray("\"`'") << "\\symbol{34}\\textasciigrave{}'";
        QTest::newRow("plus or minus, dash") << QByteArray("93.1 ± 0.5 –") << "93.1 $\\pm$ 0.5 --";
        QTest::newRow("paragraph") << QByteArray("a\n\nb") << "a  b";
        QTest::newRow("broken") << QByteArray("\xFF") << "?";
    }

    void escapesLatex() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(utf8(levi::escapeLatex(text.toStdString())), expected);
    }

    void quotesCsv_data() {
        textColumns();
        QTest::newRow("plain") << QByteArray("LEVI") << "LEVI";
        QTest::newRow("empty") << QByteArray("") << "";
        QTest::newRow("comma, quote") << QByteArray("a,\"b\"") << "\"a,\"\"b\"\"\"";
        QTest::newRow("line break") << QByteArray("a\nb") << "a b";
        QTest::newRow("formula =") << QByteArray("=cmd|' /C calc'!A0") << "'=cmd|' /C calc'!A0";
        QTest::newRow("formula +") << QByteArray("+1") << "'+1";
        QTest::newRow("formula -") << QByteArray("-1") << "'-1";
        QTest::newRow("formula @") << QByteArray("@SUM(A1)") << "'@SUM(A1)";
        QTest::newRow("formula behind a tab") << QByteArray("\t=1") << "' =1";
        QTest::newRow("spaces") << QByteArray(" a ") << "\" a \"";
    }

    void quotesCsv() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(utf8(levi::csvField(text.toStdString())), expected);
    }

    void measuresWidth_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("width");
        QTest::newRow("ASCII") << QByteArray("abc") << 3;
        QTest::newRow("umlaut") << QByteArray("ü") << 1;
        QTest::newRow("combining umlaut") << QByteArray("u\xCC\x88") << 1;
        QTest::newRow("kanji") << QByteArray("漢字") << 4;
        QTest::newRow("Hangul") << QByteArray("한") << 2;
        QTest::newRow("emoji") << QByteArray("😀") << 2;
        QTest::newRow("plus or minus, dash") << QByteArray("±–") << 2;
        QTest::newRow("full width") << QByteArray("Ａ") << 2;
    }

    void measuresWidth() {
        QFETCH(QByteArray, text);
        QFETCH(int, width);
        QCOMPARE(static_cast<int>(levi::displayWidth(text.toStdString())), width);
    }
};

LEVI_TEST(TestEscape)
#include "tst_escape.moc"
