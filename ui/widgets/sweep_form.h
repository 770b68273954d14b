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

    void open(const QString& name, const std::vector<std::uint64_t>& seeds);
    void showPreview(const SweepPreview& preview);
    void showStudy(const std::string& study); // that the runs would join; "": none
    void showSentence(const QString& sentence);

Q_SIGNALS:
    void previewWanted(const std::vector<std::uint64_t>& seeds);
    void startWanted(const std::vector<std::uint64_t>& seeds);
    void closed();

private:
    QTableView* makeTable();
    QHBoxLayout* makeLine();
    void ask();
    void start();
    void close();

    SweepModel* m_model;
    QLabel *m_title, *m_notes, *m_study, *m_sentence;
    QLineEdit* m_seeds;
    QPushButton* m_start;
    QTableView* m_table;
    QTimer m_wait; // for the last key of the seeds
};

} // namespace levi
