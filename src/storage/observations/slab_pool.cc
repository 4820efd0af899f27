#include "storage/observations/slab_pool.h"

#include <sys/mman.h>

namespace madang::storage {
namespace {

constexpr std::size_t kSlabBytes = 8u << 20;  ///< four huge pages of x86-64

}  // namespace

void SlabPool::Unmap::operator()(std::byte* slab) const { ::munmap(slab, kSlabBytes); }

void* SlabPool::carve() {
  if (fresh_bytes_ < block_bytes_) {
    void* const memory =
        ::mmap(nullptr, kSlabBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    (void)::madvise(memory, kSlabBytes, MADV_HUGEPAGE);  // a wish: small pages do as well, only slower
    slabs_.emplace_back(static_cast<std::byte*>(memory));
    fresh_ = slabs_.back().get();
    fresh_bytes_ = kSlabBytes;
  }
  void* const block = fresh_;
  fresh_ += block_bytes_;
  fresh_bytes_ -= block_bytes_;
  return block;
}

}  // namespace madang::storage
