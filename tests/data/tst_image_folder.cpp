// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/load.h"
#include "core/engine/data/loaded_rows.h"
#include "core/spec/kinds.h"
#include "tests/data/files.h"
#include "tests/data/lines.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <chrono>
#include <map>
#include <set>

using namespace levi;

namespace {

Options folderData(const std::filesystem::path& path, std::vector<std::string> ood = {}) {
    Options data(dataKinds().at("image_folder"));
    data.as<ImageFolderOptions>()->path = path;
    data.as<ImageFolderOptions>()->ood = std::move(ood);
    return data;
}

std::string zipOf(const std::filesystem::path& folder, const std::string& prefix) {
    test::ZipWriter zip;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            zip.add(prefix + entry.path().lexically_relative(folder).generic_string(), readFile(entry.path()),
                    {.deflate = true});
    return zip.bytes();
}

std::vector<std::string> idsOf(const RowSet& rows) {
    std::vector<std::string> ids;
    for (std::int64_t i = 0; i < rows.size(); ++i)
        ids.push_back(rows.id(i));
    return ids;
}

std::vector<std::string> roleNames(const Dataset& dataset) {
    std::vector<std::string> names;
    for (const RowSet& rows : dataset.evaluation.roles)
        names.push_back(rows.role());
    return names;
}

} // namespace

class TestImageFolder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheSameFromFolderAndZip() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder / "tree", {"photo", "art", "sketch"}, {"dog", "cat"}, 10);
        folder.write("tree/README.txt", "a note");
        folder.write("tree/art/.DS_Store", "left behind");
        const auto zip = folder.write("tree.zip", zipOf(folder / "tree", "tree/"));
        const Dataset fromFolder = loadDataset(folderData(folder / "tree", {"sketch"}));
        const Dataset fromZip = loadDataset(folderData(zip, {"sketch"}));
        QCOMPARE(roleNames(fromFolder), (std::vector<std::string>{"train", "id_val", "id_test", "ood_test/sketch"}));
        QCOMPARE(fromFolder.classes, (std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(fromFolder.domains, (std::vector<std::string>{"art", "photo", "sketch"}));
        QCOMPARE(fromFolder.fingerprint, fromZip.fingerprint);
        for (std::size_t r = 0; r < 4; ++r) {
            const RowSet& rows = fromFolder.evaluation.roles[r];
            const RowSet& zipped = fromZip.evaluation.roles[r];
            QCOMPARE(idsOf(rows), idsOf(zipped));
            for (std::int64_t i = 0; i < rows.size(); ++i) {
                QCOMPARE(rows.content(i), zipped.content(i));
                QVERIFY(rows.picture(i) == zipped.picture(i));
            }
        }
    }

    void classesOfUnusedDomainsDoNotMatter() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder.path(), {"photo", "sketch"}, {"dog", "cat"}, 10);
        test::writePictureFolder(folder.path(), {"art"}, {"ant", "dog", "wolf"}, 3);
        Options data = folderData(folder.path(), {"sketch"});
        data.as<ImageFolderOptions>()->id = {"photo"};
        const Dataset dataset = loadDataset(data);
        QCOMPARE(dataset.classes, (std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(dataset.domains, (std::vector<std::string>{"photo", "sketch"}));
        QCOMPARE(dataset.training.train.label(0), std::int64_t{0});
        const DataInfo info = dataInfo(data);
        QCOMPARE(info.domains, (std::vector<std::string>{"photo", "sketch"}));
        QCOMPARE(info.foundDomains, (std::vector<std::string>{"art", "photo", "sketch"})); // the form offers them
    }

    void readsClassFolders() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder.path(), {"cats and dogs"}, {"dog", "cat"}, 10);
        const Dataset dataset = loadDataset(folderData(folder / "cats and dogs"));
        QCOMPARE(dataset.domains, std::vector<std::string>{"all"});
        QCOMPARE(roleNames(dataset), (std::vector<std::string>{"train", "id_val", "id_test"}));
        QVERIFY(dataset.training.train.id(0).starts_with("cat/"));
    }

    void splitsEachClassByTheSplitSeed() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder.path(), {"a", "b"}, {"x", "y"}, 20);
        Options data = folderData(folder.path());
        const Dataset first = loadDataset(data);
        const Dataset again = loadDataset(data, {.threads = 4});
        data.as<ImageFolderOptions>()->splitSeed = 1;
        const Dataset other = loadDataset(data);
        QCOMPARE(first.training.train.size(), 4 * 14);
        QCOMPARE(first.training.idVal.size(), 4 * 3);
        QCOMPARE(idsOf(first.training.train), idsOf(again.training.train));
        QVERIFY(idsOf(first.training.train) != idsOf(other.training.train));
        QCOMPARE(first.fingerprint, other.fingerprint);
        std::set<std::string> all;
        for (const RowSet& rows : first.evaluation.roles)
            for (const std::string& id : idsOf(rows))
                all.insert(id);
        QCOMPARE(all.size(), std::size_t{80}); // each row in one role
    }

    void limitsTraining() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder.path(), {"a"}, {"x", "y"}, 20);
        Options data = folderData(folder.path());
        data.as<ImageFolderOptions>()->trainLimit = 10;
        QCOMPARE(loadDataset(data).training.train.size(), 10);
    }

    void keepsTheValidationDomainApart() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder.path(), {"a", "b", "c", "unused"}, {"x", "y"}, 8);
        Options data = folderData(folder.path(), {"c"});
        data.as<ImageFolderOptions>()->id = {"a"};
        data.as<ImageFolderOptions>()->oodVal = {"b"};
        const Dataset dataset = loadDataset(data);
        QCOMPARE(roleNames(dataset), (std::vector<std::string>{"train", "id_val", "id_test", "ood_val", "ood_test/c"}));
        QCOMPARE(dataset.training.oodVal->size(), 16);
        for (const RowSet& rows : dataset.evaluation.roles)
            for (const std::string& id : idsOf(rows))
                QVERIFY(!id.starts_with("unused/"));
    }

    void namesTheProblem_data() {
        QTest::addColumn<QString>("change");
        QTest::addColumn<QStringList>("reasons");
        QTest::newRow("class lists differ")
            << "rename" << QStringList{"'sketch' lacks the class dog", "'art' lacks the class hound"};
        QTest::newRow("unknown domain") << "domain" << QStringList{"no domain 'cartoon'; found art, photo, sketch"};
        QTest::newRow("nothing in distribution") << "all ood" << QStringList{"leave at least one to train on"};
        QTest::newRow("a picture beside the domains") << "stray" << QStringList{"'stray.png' is 0 folders deep"};
        QTest::newRow("no picture") << "notes" << QStringList{"no picture found"};
        QTest::newRow("nothing there") << "absent" << QStringList{"is not there"};
    }

    void namesTheProblem() {
        QFETCH(QString, change);
        QFETCH(QStringList, reasons);
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder / "tree", {"photo", "art", "sketch"}, {"dog", "cat"}, 6);
        Options data = folderData(folder / "tree", {"sketch"});
        if (change == "rename") std::filesystem::rename(folder / "tree/sketch/dog", folder / "tree/sketch/hound");
        if (change == "domain") data.as<ImageFolderOptions>()->ood = {"cartoon"};
        if (change == "all ood") data.as<ImageFolderOptions>()->ood = {"photo", "art", "sketch"};
        if (change == "stray") folder.write("tree/stray.png", "picture");
        if (change == "notes" || change == "absent") std::filesystem::remove_all(folder / "tree");
        if (change == "notes") folder.write("tree/a/b/c.txt", "note");
        const DataInfo info = dataInfo(data);
        for (const QString& reason : reasons)
            QVERIFY2(test::joined(info.problems).contains(reason), qPrintable(test::joined(info.problems)));
        QVERIFY_EXCEPTION_THROWN(loadDataset(data), Error);
    }

    // At the field that names them; the domains that there are can be chosen still.
    void absentDomainsStandAtTheirField_data() {
        QTest::addColumn<QStringList>("id");
        QTest::addColumn<QStringList>("ood");
        QTest::addColumn<QStringList>("oodVal");
        QTest::addColumn<QStringList>("problems");
        const QString absent = QStringLiteral("%1: there is no domain 'cartoon'; found art, photo, sketch");
        const QStringList none, cartoon{"cartoon"};
        QTest::newRow("id") << QStringList{"art", "cartoon"} << none << none << QStringList{absent.arg("data.id")};
        QTest::newRow("ood") << none << QStringList{"sketch", "cartoon"} << none << QStringList{absent.arg("data.ood")};
        QTest::newRow("ood_val") << none << none << cartoon << QStringList{absent.arg("data.ood_val")};
        QTest::newRow("all out") << none << QStringList{"sketch", "art"} << QStringList{"photo"}
                                 << QStringList{"data.ood: every domain is out of distribution; leave at least one to "
                                                "train on"};
    }
    void absentDomainsStandAtTheirField() {
        QFETCH(QStringList, id);
        QFETCH(QStringList, ood);
        QFETCH(QStringList, oodVal);
        QFETCH(QStringList, problems);
        const auto listOf = [](const QStringList& names) {
            std::vector<std::string> list;
            for (const QString& name : names)
                list.push_back(name.toStdString());
            return list;
        };
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder / "tree", {"photo", "art", "sketch"}, {"dog", "cat"}, 6);
        Options data = folderData(folder / "tree", listOf(ood));
        data.as<ImageFolderOptions>()->id = listOf(id);
        data.as<ImageFolderOptions>()->oodVal = listOf(oodVal);
        const DataInfo info = dataInfo(data);
        QCOMPARE(info.problems, listOf(problems));
        QCOMPARE(info.domains, (std::vector<std::string>{"art", "photo", "sketch"}));
    }

    void countsBrokenFiles() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder / "tree", {"photo", "art"}, {"dog", "cat"}, 10);
        folder.write("tree/art/cat/broken.jpg", "no picture");
        for (int i = 0; i < 12; ++i)
            folder.write("tree/art/dog/cut" + std::to_string(i) + ".png",
                         test::pngOf(test::gradient(9, 9)).substr(0, 60));
        Options data = folderData(folder / "tree");
        const DataInfo stopped = dataInfo(data);
        QCOMPARE(stopped.brokenFiles, 13);
        QCOMPARE(stopped.broken.size(), std::size_t{10});
        QCOMPARE(stopped.broken[0].name, std::string("art/cat/broken.jpg"));
        QVERIFY(test::joined(stopped.problems).contains("art/cat/broken.jpg"));
        QVERIFY(test::joined(stopped.problems).contains("3 more files"));
        QVERIFY_EXCEPTION_THROWN(loadDataset(data), Error);

        data.as<ImageFolderOptions>()->broken = BrokenFiles::Skip;
        const DataInfo skipped = dataInfo(data);
        QVERIFY2(skipped.usable(), qPrintable(test::joined(skipped.problems)));
        QCOMPARE(skipped.brokenFiles, 13);
        QCOMPARE(skipped.roles[0].rows + skipped.roles[1].rows + skipped.roles[2].rows, 40);
        QCOMPARE(loadDataset(data).brokenFiles, 13);
    }

    void countsWhatCannotEvenBeOpened() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder / "tree", {"a"}, {"x", "y"}, 10);
        std::filesystem::create_symlink("/nowhere", folder / "tree/a/x/gone.png");
        std::filesystem::create_directory_symlink(folder / "tree", folder / "tree/a/y/round"); // leads back up
        test::ZipWriter zip;
        for (int i = 0; i < 20; ++i)
            zip.add(std::string(i % 2 ? "x/" : "y/") + std::to_string(i), test::pngOf(test::gradient(5, 5 + i)),
                    {.crc = i ? -1 : 7});
        Options fromFolder = folderData(folder / "tree/a");
        Options fromZip = folderData(folder.write("z.zip", zip.bytes()));
        fromZip.as<ImageFolderOptions>()->broken = BrokenFiles::Skip;
        const DataInfo zipped = dataInfo(fromZip);
        QVERIFY2(zipped.usable(), qPrintable(test::joined(zipped.problems)));
        QCOMPARE(zipped.brokenFiles, 1);
        QVERIFY(QString::fromStdString(zipped.broken[0].reason).contains("checksum"));
        QVERIFY(!dataInfo(fromFolder).usable()); // the loop of links ends at some depth and is named
        std::filesystem::remove(folder / "tree/a/y/round");
        const DataInfo listed = dataInfo(fromFolder);
        QCOMPARE(listed.brokenFiles, 1);
        QCOMPARE(listed.broken[0].name, std::string("x/gone.png"));
    }

    void remembersWhichFilesAreWhole() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder / "tree", {"photo"}, {"dog", "cat"}, 10);
        Options data = folderData(folder / "tree");
        const LoadOptions options{.cacheFolder = folder / "cache"};
        loadDataset(data, options);
        const auto memory = std::filesystem::directory_iterator(folder / "cache/pictures")->path();
        const std::string first = readFile(memory);
        // What is remembered is believed ...
        test::writeQuickly(memory, R"({"version":1,"files":20,"broken":{"3":"said so"}})");
        QCOMPARE(dataInfo(data, {.load = options}).brokenFiles, 1);
        // ... unless it is damaged,
        for (const char* damage :
             {"{", R"({"version":1,"files":7,"broken":{}})", R"({"version":1,"files":20,"broken":{"99":"x"}})"}) {
            test::writeQuickly(memory, damage);
            QCOMPARE(dataInfo(data, {.load = options}).brokenFiles, 0);
            QCOMPARE(readFile(memory), first);
        }
        // or a file has changed.
        test::writeQuickly(memory, R"({"version":1,"files":20,"broken":{"3":"said so"}})");
        folder.write("tree/photo/dog/0.png", test::pngOf(test::gradient(3, 3)));
        QCOMPARE(dataInfo(data, {.load = options}).brokenFiles, 0);
    }

    void appliesExifAsToldAndSaysSoInTheContent() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder.path(), {"a"}, {"x", "y"}, 10);
        Options data = folderData(folder.path());
        const Dataset upright = loadDataset(data);
        data.as<ImageFolderOptions>()->exifOrientation = false;
        const Dataset asStored = loadDataset(data);
        QVERIFY(upright.fingerprint != asStored.fingerprint);
        QVERIFY(upright.training.train.content(0) != asStored.training.train.content(0));
    }

    void stopsWhenAsked() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder.path(), {"a"}, {"x", "y"}, 10);
        std::stop_source source;
        source.request_stop();
        QVERIFY_EXCEPTION_THROWN(loadDataset(folderData(folder.path()), {.stop = source.get_token()}), Stopped);
    }

    void showsAFewOfEachClass() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder.path(), {"a", "b"}, {"x", "y"}, 10);
        const DataInfo info = dataInfo(folderData(folder.path()), {.samplesPerRole = 5, .thumbnailSide = 8});
        const auto& samples = info.roles[0].samples;
        QCOMPARE(samples.size(), std::size_t{5});
        QCOMPARE(samples[0].className + samples[0].domain, std::string("xa"));
        QCOMPARE(samples[3].className + samples[3].domain, std::string("yb"));
        QCOMPARE(samples[0].width, 8);
        QCOMPARE(samples[0].height, 6);
        QCOMPARE(samples[0].rgb.size(), std::size_t{8 * 6 * 3});
    }

    void countsPacs() {
        LEVI_NEEDS(test::realData("datasets/pacs/pacs_112.zip"));
        const auto start = std::chrono::steady_clock::now();
        const DataInfo info = dataInfo(folderData(test::realData("datasets/pacs/pacs_112.zip"), {"cartoon", "sketch"}));
        QVERIFY2(info.usable(), qPrintable(test::joined(info.problems)));
        QCOMPARE(info.classes.size(), std::size_t{7});
        std::map<std::string, std::int64_t> perDomain;
        for (const RoleInfo& role : info.roles)
            for (const auto& [domain, rows] : role.rowsPerDomain)
                perDomain[domain] += rows;
        QCOMPARE(perDomain, (std::map<std::string, std::int64_t>{
                                {"art_painting", 2048}, {"cartoon", 2344}, {"photo", 1670}, {"sketch", 3929}}));
        QCOMPARE(info.brokenFiles, 0);
        qInfo("9,991 pictures listed and decoded in %.2f s",
              std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
};

LEVI_TEST(TestImageFolder)
#include "tst_image_folder.moc"
