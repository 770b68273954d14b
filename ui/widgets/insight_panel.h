// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/engine_client.h"

#include <QScrollArea>

#include <memory>

class QFrame;
class QLabel;
class QVBoxLayout;

namespace levi {

// What the spec means for these data and this backbone: what will be read, through what, at which cost.
class InsightPanel : public QScrollArea {
    Q_OBJECT

public:
    explicit InsightPanel(QWidget* parent = nullptr);

    // `baselines`: settings that run besides, whose cost is not reckoned.
    void showInsight(const SpecInsight& insight, std::size_t seeds, std::size_t baselines);

Q_SIGNALS:
    void demoWanted(); // the empty state's button
    void readAgainWanted();

private:
    struct Card {
        QFrame* frame = nullptr;
        QLabel* heading = nullptr;
        QLabel* facts = nullptr;
        QLabel* remarks = nullptr; // problems and notes
        QVBoxLayout* layout = nullptr;
    };

    Card makeCard(const QString& heading);
    void showData(const Answer<DataInfo>& data);
    void showRoles(const DataInfo& info);
    void showReadings(const Answer<std::vector<ReaderPreview>>& readings);
    void showBackbone(const Answer<BackboneInfo>& backbone);
    void showCost(const SpecInsight& insight, std::size_t seeds, std::size_t baselines);

    QVBoxLayout* m_cards;
    Card m_data, m_readings, m_backbone, m_cost;
    QWidget* m_roles;
    QWidget* m_offer;
    std::shared_ptr<const DataInfo> m_shown;
};

} // namespace levi
