// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/sweep_preview.h"

#include <QFrame>
#include <QTimer>

#include <cstdint>
#include <string>
#include <vector>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace levi {

class SweepModel;

// Offers a list of settings from a file, in place: what it would run, what is done of it, what the rest costs.
class SweepForm : public QFrame {
    Q_OBJECT

public:
    explicit SweepForm(QWidget* parent = nullptr);

    bool isOpen() const { return !isHidden(); } // on its page, be that shown or not
    void open(const QString& name, const std::vector<std::uint64_t>& seeds, const std::string& study);
    void showStudy(const std::string& study); // that the runs would join; "": none
    void showPreview(const SweepPreview& preview);
    void showNoPreview(const QString& sentence); // why there is none
    void refuse(const QString& sentence);        // a start, that may be tried again

Q_SIGNALS:
    void previewWanted(const std::vector<std::uint64_t>& seeds, const std::string& study);
    void previewOutdated(); // the seeds are being changed
    void startWanted(const std::vector<std::uint64_t>& seeds, const std::string& study);
    void closed();

private:
    QTableView* makeTable();
    QHBoxLayout* makeLine();
    void await();
    void ask();
    void start();
    void close();
    void showSentence(const QString& sentence);

    SweepModel* m_model;
    std::string m_study;
    QString m_name; // of the file
    QLabel *m_title, *m_notes, *m_where, *m_sentence;
    QLineEdit* m_seeds;
    QPushButton* m_start;
    QTableView* m_table;
    QTimer m_wait; // for the last key of the seeds
};

} // namespace levi
