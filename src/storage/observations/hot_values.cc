#include "storage/observations/hot_values.h"

#include <algorithm>

namespace madang::storage {

HotValues::~HotValues() {
  for (auto* const block : blocks_) pool_->give_back(block);
}

void HotValues::spill() {
  auto* const block = static_cast<HotValue*>(pool_->take());
  std::uninitialized_copy(tail_.begin(), tail_.end(), block);
  blocks_.push_back(block);
}

void HotValues::pop_back() {
  if (in_tail() == 0) {  // the last value lies in a full block, which becomes the tail again
    std::copy_n(blocks_.back(), kBlock, tail_.begin());
    pool_->give_back(blocks_.back());
    blocks_.pop_back();
  }
  --size_;
}

void HotValues::insert(const_iterator at, HotValue const& value) {
  std::size_t const target = first_ + at.index();
  push_back(value);
  // Whole blocks move up by one place; the last of each goes to the front of the next.
  std::size_t last = first_ + size_ - 1;
  for (; last / kBlock > target / kBlock; last -= last % kBlock + 1) {
    HotValue* const block = place(last - last % kBlock);
    std::move_backward(block, block + last % kBlock, block + last % kBlock + 1);
    *block = *place(last - last % kBlock - 1);
  }
  HotValue* const here = place(target);
  std::move_backward(here, here + (last - target), here + (last - target) + 1);
  *here = value;
}

void HotValues::erase(const_iterator from, const_iterator to) {
  std::size_t const count = to.index() - from.index();
  if (from.index() > 0) {
    std::move(begin() + static_cast<std::ptrdiff_t>(to.index()), end(),
              begin() + static_cast<std::ptrdiff_t>(from.index()));
    for (std::size_t i = 0; i < count; ++i) pop_back();
    return;
  }
  first_ += static_cast<std::uint32_t>(count);
  size_ -= static_cast<std::uint32_t>(count);
  std::size_t const gone = std::min<std::size_t>(first_ / kBlock, blocks_.size());
  for (std::size_t i = 0; i < gone; ++i) pool_->give_back(blocks_[i]);
  blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(gone));
  first_ -= static_cast<std::uint32_t>(gone * kBlock);
  if (size_ == 0 && blocks_.empty()) first_ = 0;
  if (blocks_.empty()) blocks_ = {};  // a Datastream at rest holds no memory but its state
}

}  // namespace madang::storage
