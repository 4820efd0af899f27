// Where something of a Datastream stands, by its number. A plain array would do while numbers are dense, but one Datastream
// numbered near 2^27 would make it half a gigabyte; so it is made in pages, and only of those that are used.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace madang::storage {

/// Not thread-safe.
class SlotTable {
 public:
  /// 0 where nothing was set.
  [[nodiscard]] std::uint32_t at(std::size_t number) const {
    std::size_t const page = number / kPage;
    return page < pages_.size() && pages_[page] ? (*pages_[page])[number % kPage] : 0;
  }
  void set(std::size_t number, std::uint32_t value) {
    std::size_t const page = number / kPage;
    if (page >= pages_.size()) pages_.resize(page + 1);
    if (!pages_[page]) pages_[page] = std::make_unique<Page>();
    (*pages_[page])[number % kPage] = value;
  }

 private:
  static constexpr std::size_t kPage = 4'096;
  using Page = std::array<std::uint32_t, kPage>;

  std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace madang::storage
