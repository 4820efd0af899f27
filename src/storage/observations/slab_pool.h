// Memory for millions of small blocks of one size: taken from the system in large slabs on huge pages, where it can
// be, so that writing to the ends of twenty thousand series does not wait for the translation of as many addresses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace madang::storage {

/// Not thread-safe: its owner's lock guards it. Blocks given back are used again; slabs go with the pool.
class SlabPool {
 public:
  explicit SlabPool(std::size_t block_bytes) : block_bytes_(block_bytes) {}
  SlabPool(SlabPool const&) = delete;
  SlabPool& operator=(SlabPool const&) = delete;

  [[nodiscard]] std::size_t block_bytes() const { return block_bytes_; }
  [[nodiscard]] void* take() {
    if (free_ == nullptr) return carve();
    return std::exchange(free_, free_->next);
  }
  void give_back(void* block) {
    auto* const link = static_cast<Link*>(block);
    link->next = free_;
    free_ = link;
  }

 private:
  struct Link {
    Link* next;
  };
  struct Unmap {
    void operator()(std::byte* slab) const;
  };
  void* carve();

  std::size_t block_bytes_;
  Link* free_ = nullptr;
  std::byte* fresh_ = nullptr;  ///< the untouched rest of the newest slab
  std::size_t fresh_bytes_ = 0;
  std::vector<std::unique_ptr<std::byte, Unmap>> slabs_;
};

}  // namespace madang::storage
