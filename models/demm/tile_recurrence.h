#pragma once
// When the tiles of B are preloaded and computed (demm_facts.md 10.1). Plain C++. Times are cycles since the begin of
// the layer; a preload begins when
//   serial  the tile before has issued its last slot
//   naive   and D cycles more have passed
//   hidden  the write port is free and the tile before begins to compute, thus the other bank is free
// and a tile computes when it is there and the tile before has issued its last slot. D cycles after the last slot the
// layer ends.

#include <algorithm>

#include "models/base/cycles.h"
#include "models/demm/parameters.h"

namespace nonzero::demm {

struct TileTimes {
    Cycles preload_begin = 0;
    Cycles preload_end = 0;
    Cycles compute_begin = 0;
    Cycles compute_end = 0;
};

class TileRecurrence {
  public:
    TileRecurrence(Preload preload, Cycles depth) : preload_(preload), depth_(depth) {}

    // The next tile takes that many cycles to preload and slots to compute.
    const TileTimes& next(Cycles preload, Cycles slots) {
        TileTimes tile;
        const bool drained = preload_ == Preload::naive && !first_;
        switch (preload_) {
            case Preload::serial:
                tile.preload_begin = last_.compute_end;
                break;
            case Preload::naive:
                tile.preload_begin = last_.compute_end + (drained ? depth_ : 0);
                break;
            case Preload::hidden:
                tile.preload_begin = std::max(last_.preload_end, last_.compute_begin);
                break;
        }
        tile.preload_end = tile.preload_begin + preload;
        tile.compute_begin = std::max(tile.preload_end, last_.compute_end);
        tile.compute_end = tile.compute_begin + slots;
        drain_ += drained ? depth_ : 0;
        exposed_preload_ += tile.compute_begin - last_.compute_end - (drained ? depth_ : 0);
        first_ = false;
        last_ = tile;
        return last_;
    }
    // After the last tile: the layer's cycles.
    Cycles finish() {
        drain_ += depth_;
        return last_.compute_end + depth_;
    }
    const TileTimes& last() const { return last_; }
    // Cycles without a slot, by cause; with the slots they add up to the layer's.
    Cycles exposed_preload() const { return exposed_preload_; }
    Cycles drain() const { return drain_; }

  private:
    Preload preload_;
    Cycles depth_;
    bool first_ = true;
    TileTimes last_;
    Cycles exposed_preload_ = 0;
    Cycles drain_ = 0;
};

}  // namespace nonzero::demm
