// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>
#include <vector>

class TestFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesAllOrNothing() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("deep/er/file.txt").toStdString();
        levi::writeFileAtomically(file, "first");
        levi::writeFileAtomically(file, "second");
        QCOMPARE(levi::readFile(file), std::string("second"));
        QCOMPARE(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}), 1);
    }

    void namesWhatItCannotRead() {
        QTemporaryDir folder;
        const std::filesystem::path absent = folder.filePath("absent").toStdString();
        try {
            levi::readFile(absent);
            QFAIL("no error");
        } catch (const levi::Error& error) {
            QVERIFY(std::string(error.what()).find(absent.string()) != std::string::npos);
        }
        QVERIFY_EXCEPTION_THROWN(levi::readFile(folder.path().toStdString()), levi::Error);
        QVERIFY_EXCEPTION_THROWN(levi::MappedFile(folder.path().toStdString()), levi::Error);
    }

    void refusesFilesBeyondTheLimit() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("f").toStdString();
        levi::writeFileAtomically(file, "12345");
        QCOMPARE(levi::readFile(file, 5), std::string("12345"));
        QVERIFY_EXCEPTION_THROWN(levi::readFile(file, 4), levi::Error);
    }

    void threadsWriteTheSameFile() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("f").toStdString();
        std::atomic<int> failed{0};
        {
            std::vector<std::jthread> writers;
            for (int i = 0; i < 4; ++i)
                writers.emplace_back([&] {
                    for (int k = 0; k < 25; ++k)
                        try {
                            levi::writeFileAtomically(file, "content");
                        } catch (const levi::Error&) {
                            ++failed;
                        } catch (const std::filesystem::filesystem_error&) {
                            ++failed;
                        }
                });
        }
        QCOMPARE(failed.load(), 0);
        QCOMPARE(levi::readFile(file), std::string("content"));
        const std::filesystem::directory_iterator entries(folder.path().toStdString());
        QCOMPARE(std::distance(begin(entries), end(entries)), std::ptrdiff_t{1});
    }

    void mapsAndFingerprints() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("f").toStdString();
        levi::writeFileAtomically(file, "content");
        QCOMPARE(levi::fingerprintOfFile(file), levi::fingerprint("content"));
        levi::writeFileAtomically(file, "");
        QVERIFY(levi::MappedFile(file).bytes().empty());
    }

    void digestsLikeTheStandard() {
        // FIPS 180-2, appendix B.1
        QCOMPARE(levi::Sha256().add("a").add("bc").hex(),
                 std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }

    void keepsPartsApart() {
        QVERIFY(levi::Fingerprinter().add("ab").add("c").hex() != levi::Fingerprinter().add("a").add("bc").hex());
    }
};

LEVI_TEST(TestFiles)
#include "tst_files.moc"
