// SPDX-License-Identifier: Apache-2.0
// The functions of NVIDIA's two libraries that are asked for, on a machine with two cards. On the bus the second stands
// first.
#include <cstddef>
#include <cstdio>
#include <cstring>

namespace {

struct Card {
    const char* name;
    const char* busId;
    int major, minor;
    unsigned long long totalBytes, freeBytes;
};
const Card s_cards[] = {{"NVIDIA H200", "0000:AA:00.0", 9, 0, 140'000, 120'000},
                        {"Tesla T4", "0000:0B:00.0", 7, 5, 15'000, 99'000}}; // more is free than a part of it has

struct Memory {
    unsigned long long total, free, used;
};
int s_opened = 0;

} // namespace

extern "C" {

int cuInit(unsigned int) {
    return 0;
}
int cuDeviceGet(int* device, int index) {
    if (index > 1) return 101;
    *device = 10 + index;
    return 0;
}
int cuDeviceGetName(char* name, int size, int device) {
    std::snprintf(name, static_cast<std::size_t>(size), "%s", s_cards[device - 10].name);
    return 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int device) {
    if (attribute != 75 && attribute != 76) return 1;
    *value = attribute == 75 ? s_cards[device - 10].major : s_cards[device - 10].minor;
    return 0;
}
int cuDeviceTotalMem_v2(std::size_t* bytes, int device) {
    *bytes = s_cards[device - 10].totalBytes;
    return 0;
}
int cuDeviceGetPCIBusId(char* id, int size, int device) {
    std::snprintf(id, static_cast<std::size_t>(size), "%s", s_cards[device - 10].busId);
    return 0;
}

int nvmlInit_v2() {
    ++s_opened;
    return 0;
}
int nvmlShutdown() {
    --s_opened;
    return 0;
}
int nvmlDeviceGetHandleByPciBusId_v2(const char* id, void** handle) {
    if (s_opened != 1) return 1;
    for (const Card& card : s_cards)
        if (std::strcmp(card.busId, id) == 0) *handle = const_cast<Card*>(&card);
    return *handle ? 0 : 6;
}
int nvmlDeviceGetMemoryInfo(void* handle, Memory* memory) {
    const auto* card = static_cast<const Card*>(handle);
    *memory = {card->totalBytes, card->freeBytes, card->totalBytes - card->freeBytes};
    return 0;
}
}
