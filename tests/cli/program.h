// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/files.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace levi::test {

struct Ended {
    int code = -1;
    QByteArray out, err;

    QList<QJsonObject> lines() const { // of --json
        QList<QJsonObject> objects;
        for (const QByteArray& line : out.split('\n'))
            if (!line.isEmpty()) objects << QJsonDocument::fromJson(line).object();
        return objects;
    }
};

// The real program with the fake engine and a folder of its own.
class Program {
public:
    explicit Program(const QString& wish = {}) {
        m_environment.insert(QStringLiteral("LEVI_ENGINE"), QStringLiteral(LEVI_FAKE_ENGINE));
        m_environment.insert(QStringLiteral("LEVI_RESOURCES"), QStringLiteral(LEVI_SOURCE_DIR "/resources"));
        setWish(wish);
    }
    void setWish(const QString& wish) { m_environment.insert(QStringLiteral("LEVI_FAKE"), wish); }
    void setEngine(const QString& file) { m_environment.insert(QStringLiteral("LEVI_ENGINE"), file); }

    QString path(const QString& name) const { return m_folder.filePath(name); }
    QString store() const { return path(QStringLiteral("store.sqlite")); }
    QString specFile(const QByteArray& json) const {
        const QString file = path(QStringLiteral("spec.json"));
        writeFileAtomically(file.toStdString(), json.toStdString());
        return file;
    }

    void start(QProcess& process, const QStringList& arguments) const {
        process.setProcessEnvironment(m_environment);
        process.start(QStringLiteral(LEVI_BIN_DIR "/levi"), arguments);
    }
    Ended run(const QStringList& arguments) const {
        QProcess process;
        start(process, arguments);
        if (!process.waitForFinished(600'000)) qWarning("levi does not end");
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
                process.readAllStandardError()};
    }

private:
    QTemporaryDir m_folder;
    QProcessEnvironment m_environment = QProcessEnvironment::systemEnvironment();
};

inline const QByteArray kDemoSpec =
    R"({"name": "LEVI", "data": {"kind": "demo_world"}, "backbone": {"kind": "vit", "path": "resource:demo_vit"}})";

} // namespace levi::test
