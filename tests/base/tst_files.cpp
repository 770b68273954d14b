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

#include <sys/stat.h>
#include <unistd.h>

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

    // What hangs, or has no end, is refused before it is waited for.
    void refusesWhatIsNoFile_data() {
        QTest::addColumn<QString>("file"); // "": a named pipe without a writer
        QTest::addColumn<QString>("says");
        QTest::newRow("named pipe") << QString() << "expected a regular file, found a named pipe";
        QTest::newRow("device without an end") << "/dev/zero"
                                               << "/dev/zero: has more than 1000 bytes";
        QTest::newRow("link to a device") << "link"
                                          << "expected a regular file, found a device";
    }

    void refusesWhatIsNoFile() {
        QFETCH(QString, file);
        QFETCH(QString, says);
        QTemporaryDir folder;
        const std::filesystem::path root = folder.path().toStdString();
        QCOMPARE(::mkfifo((root / "pipe").c_str(), 0600), 0);
        std::filesystem::create_symlink("/dev/zero", root / "link");
        try {
            levi::readFile(root / (file.isEmpty() ? "pipe" : file.toStdString()), 1000);
            QFAIL("no error");
        } catch (const levi::Error& error) {
            QVERIFY2(QString::fromUtf8(error.what()).contains(says), error.what());
        }
    }

    void readsWhatTheCallerHasOpened() {
        int ends[2];
        QCOMPARE(::pipe(ends), 0);
        const std::string content(50'000, 'x'); // less than a pipe holds
        std::jthread writer([&] {
            QTest::qSleep(50); // the reader is there first, and waits
            if (::write(ends[1], content.data(), content.size()) < 0) qWarning("cannot write");
            ::close(ends[1]);
        });
        QCOMPARE(levi::readFile("/dev/fd/" + std::to_string(ends[0])), content);
        ::close(ends[0]);
        QVERIFY(!levi::readFile("/proc/self/cmdline").empty()); // whose size is said to be 0
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
