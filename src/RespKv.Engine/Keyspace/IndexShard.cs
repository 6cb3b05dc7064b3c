namespace RespKv.Engine.Keyspace;

/// <summary>
/// One 64th of an index: an extendible hash. A directory of 2^Depth words is selected by a position's leading bits; a
/// segment that fixes fewer bits than the directory appears in several consecutive words. Segments split and merge on
/// their own, and only references are copied when the directory doubles.
/// Invariants: all words of a segment are equal; slots are ordered by tag; two buddies hold more than half a segment
/// together or differ in depth; <see cref="_deepest"/> segments have the depth of the directory, and it is not 0.
/// </summary>
internal sealed class IndexShard
{
    /// <summary>The tag bits that the choice of the shard leaves. A segment that fixes them all cannot split.</summary>
    public const int BitsMax = Slot.TagBits - SlotIndex.ShardBits;

    /// <summary>
    /// Slots of a full segment (2 KiB). Larger ones cost longer moves per insertion, smaller ones a larger directory.
    /// </summary>
    public const int SegmentSlotsMax = 256;

    /// <summary>Two buddies that fit in half a segment together merge; so a merged one does not split again soon.</summary>
    private const int MergedSlotsMax = SegmentSlotsMax / 2;

    /// <summary>
    /// Keys of the shard per word that the directory may have (well-spread keys make 100 or more). Only keys with equal
    /// hashes get there; their segments then outgrow <see cref="SegmentSlotsMax"/> instead of splitting.
    /// </summary>
    private const int KeysPerWordMin = 8;

    private const int GrowthSlotsMin = 4;

    /// <summary>
    /// Tries for a random slot before any will do. A word has 100 keys or more, so that two in five tries find one; with 8 keys a word, after many
    /// deletions, all of these fail once in 10^14 times.
    /// </summary>
    private const int RandomTriesMax = 1024;

    /// <summary>Slots of a cache line.</summary>
    private const int SlotsPerLine = 8;

    private readonly Slab _slab;
    private readonly SlotIndex _index;
    private ulong[] _words = new ulong[1];
    private int _depth;
    private int _deepest = 1;

    public IndexShard(SlotIndex index, Slab slab)
    {
        _index = index;
        _slab = slab;
        _index.AddBytes(DirectoryBytes(_words.Length));
    }

    public int Count { get; private set; }

    /// <summary>
    /// The slots from the first whose tag is not below the position's, to the end of its segment. The slots may be
    /// patched in place as long as their tags stay. Valid until the next insertion or removal.
    /// </summary>
    public Span<ulong> From(ulong position)
    {
        ulong fraction = position << SlotIndex.ShardBits;
        var segment = new SegmentRef(_words[WordAt(fraction)]);
        Span<ulong> slots = SlotsOf(segment);
        return slots[Find(slots, segment, position)..];
    }

    /// <summary>As <see cref="From"/>; also says how many of the shard's tags are at or before the segment's end.</summary>
    public Span<ulong> From(ulong position, out ulong tagsEnd)
    {
        int at = WordAt(position << SlotIndex.ShardBits);
        int span = WordsOf(new SegmentRef(_words[at]));
        tagsEnd = (ulong)(at / span * span + span) << (BitsMax - _depth);
        return From(position);
    }

    /// <summary>
    /// Reads the lines that a search for the position begins with, and those behind, which an insertion moves: left to the
    /// move, they cost it as much as everything else together. Returns some of their bits.
    /// </summary>
    public ulong ReadAhead(ulong position)
    {
        var segment = new SegmentRef(_words[WordAt(position << SlotIndex.ShardBits)]);
        Span<ulong> slots = SlotsOf(segment);
        ulong seen = 0;
        for (int at = Math.Max(0, GuessOf(position, segment) - SlotsPerLine); at < slots.Length; at += SlotsPerLine)
        {
            seen ^= slots[at];
        }

        return seen;
    }

    /// <summary>As <see cref="ReadAhead"/>, only the lines that a search looks at. Returns some of their bits.</summary>
    public ulong ReadSearchAhead(ulong position)
    {
        var segment = new SegmentRef(_words[WordAt(position << SlotIndex.ShardBits)]);
        Span<ulong> slots = SlotsOf(segment);
        int guess = GuessOf(position, segment);
        int first = Math.Max(0, guess - SlotsPerLine);
        return slots.Length == 0 ? 0 : slots[first] ^ slots[Math.Min(guess, slots.Length - 1)] ^ slots[Math.Min(guess + SlotsPerLine, slots.Length - 1)];
    }

    /// <summary>
    /// A random slot of a shard that is not empty. Every one has the same chance, however full its segment is: a place in the directory, and in a
    /// full segment, is chosen, and again if there is nothing. Only where more than a full segment have equal hashes chances are smaller.
    /// </summary>
    public ulong RandomSlot(Random random)
    {
        for (int tries = 0; _words.Length > 1 && tries < RandomTriesMax; tries++)
        {
            int at = random.Next(_words.Length);
            var segment = new SegmentRef(_words[at]);

            // A segment that several words share has every so many slots for each of them.
            int span = WordsOf(segment);
            int place = (random.Next(Math.Max(SegmentSlotsMax, (segment.Count / span) + 1)) * span) + (at & (span - 1));
            if (place < segment.Count)
            {
                return SlotsOf(segment)[place];
            }
        }

        int word = random.Next(_words.Length);
        while (new SegmentRef(_words[word]).Count == 0)
        {
            word = (word + 1) % _words.Length;
        }

        Span<ulong> slots = SlotsOf(new SegmentRef(_words[word]));
        return slots[random.Next(slots.Length)];
    }

    public void Insert(ulong position, ulong address)
    {
        int at = WordAt(position << SlotIndex.ShardBits);
        var segment = new SegmentRef(_words[at]);
        if (segment.Count == Capacity(segment))
        {
            MakeRoom(at, segment);
            at = WordAt(position << SlotIndex.ShardBits);
            segment = new SegmentRef(_words[at]);
        }

        Span<ulong> slots = _slab.WordsAt(segment.Address, segment.Count + 1);
        int place = Find(slots[..^1], segment, position);
        slots[place..^1].CopyTo(slots[(place + 1)..]);
        slots[place] = Slot.Make(position, address);
        SetWords(at, segment.WithCount(segment.Count + 1));
        Count++;
    }

    public void Remove(ulong position, ulong address)
    {
        int at = WordAt(position << SlotIndex.ShardBits);
        var segment = new SegmentRef(_words[at]);
        Span<ulong> slots = SlotsOf(segment);
        int place = Find(slots, segment, position);
        place += slots[place..].IndexOf(Slot.Make(position, address));
        slots[(place + 1)..].CopyTo(slots[place..]);
        segment = segment.WithCount(segment.Count - 1);
        SetWords(at, segment);
        Count--;
        Shrink(at, segment);
    }

    /// <summary>Inserts slots that are ordered by tag: one visit to each segment instead of one for each slot.</summary>
    /// <param name="slots">What <see cref="Slot.Make"/> makes, all of this shard.</param>
    /// <param name="scratch">Room that the caller keeps from call to call.</param>
    public void InsertOrdered(ReadOnlySpan<ulong> slots, ref ulong[] scratch)
    {
        while (!slots.IsEmpty)
        {
            int at = WordAt(slots[0] << SlotIndex.ShardBits);
            var segment = new SegmentRef(_words[at]);
            ulong lastOfSegment = slots[0] | (ulong.MaxValue >> (SlotIndex.ShardBits + segment.Depth));
            int run = Slot.LowerBound(slots, lastOfSegment);
            Count += run;
            InsertOrdered(at, segment, slots[..run], ref scratch);
            slots = slots[run..];
        }
    }

    /// <summary>Frees all segments. The shard is of no use afterwards.</summary>
    public void Release()
    {
        for (int at = 0; at < _words.Length;)
        {
            var segment = new SegmentRef(_words[at]);
            at += WordsOf(segment);
            Free(segment);
        }
    }

    private void InsertOrdered(int at, SegmentRef segment, ReadOnlySpan<ulong> run, ref ulong[] scratch)
    {
        int count = segment.Count + run.Length;
        if (count <= Capacity(segment))
        {
            Slot.Merge(_slab.WordsAt(segment.Address, count), segment.Count, run);
            SetWords(at, segment.WithCount(count));
            return;
        }

        if (scratch.Length < count)
        {
            scratch = GC.AllocateUninitializedArray<ulong>(count * 2);
        }

        Span<ulong> merged = scratch.AsSpan(0, count);
        SlotsOf(segment).CopyTo(merged);
        Slot.Merge(merged, segment.Count, run);
        Free(segment);
        StoreSplit(merged, segment.Depth);
    }

    /// <summary>Stores slots in as many segments as they need, in place of one of this depth whose memory was freed.</summary>
    private void StoreSplit(ReadOnlySpan<ulong> slots, int depth)
    {
        if (slots.Length <= SegmentSlotsMax || !CanSplit(slots, depth, out int middle))
        {
            if (slots.Length > SegmentRef.CountMax)
            {
                throw TooManyEqual();
            }

            int room = Math.Min(RoomFor(slots.Length), SegmentRef.CountMax);
            SetWords(WordAt(slots[0] << SlotIndex.ShardBits), Store(slots, depth, room));
            return;
        }

        if (depth == _depth)
        {
            DoubleDirectory();
        }

        if (depth + 1 == _depth)
        {
            _deepest += 2;
        }

        StoreSplit(slots[..middle], depth + 1);
        StoreSplit(slots[middle..], depth + 1);
    }

    private static InvalidOperationException TooManyEqual() => new("too many keys with equal hashes");

    private static int DirectoryBytes(int words) => 24 + (words * sizeof(ulong));

    private static int Find(ReadOnlySpan<ulong> slots, SegmentRef segment, ulong position)
    {
        return Slot.LowerBound(slots, position & ~ChunkTable.AddressMask, GuessOf(position, segment));
    }

    /// <summary>The share of the segment's range that lies before the position is about the share of its slots.</summary>
    private static int GuessOf(ulong position, SegmentRef segment)
    {
        ulong share = position << (SlotIndex.ShardBits + segment.Depth);
        return (int)(((share >> 32) * (ulong)segment.Count) >> 32);
    }

    // In two steps, because a shift by 64 (a directory of one word) would be none.
    private int WordAt(ulong fraction) => (int)(fraction >> 1 >> (63 - _depth));

    private Span<ulong> SlotsOf(SegmentRef segment)
        => segment.Count == 0 ? default : _slab.WordsAt(segment.Address, segment.Count);

    private int Capacity(SegmentRef segment)
        => segment.Address == 0 ? 0 : _slab.CellBytes(segment.Address) / sizeof(ulong);

    private int WordsOf(SegmentRef segment) => 1 << (_depth - segment.Depth);

    private void SetWords(int at, SegmentRef segment)
    {
        int span = WordsOf(segment);
        if (span == 1)
        {
            _words[at] = segment.Word;
        }
        else
        {
            _words.AsSpan(at & -span, span).Fill(segment.Word);
        }
    }

    /// <summary>Afterwards the segment of any position in it has a free slot.</summary>
    private void MakeRoom(int at, SegmentRef segment)
    {
        if (segment.Count < SegmentSlotsMax || !TrySplit(at, segment))
        {
            if (segment.Count == SegmentRef.CountMax)
            {
                throw TooManyEqual();
            }

            // An eighth more keeps segments nearly full; beyond the usual size (equal hashes) moves are what costs.
            int room = segment.Count < SegmentSlotsMax ? segment.Count >> 3 : segment.Count >> 1;
            int slotsMax = segment.Count < SegmentSlotsMax ? SegmentSlotsMax : SegmentRef.CountMax;
            Resize(at, segment, Math.Min(segment.Count + Math.Max(room, GrowthSlotsMin), slotsMax));
        }
    }

    private void Resize(int at, SegmentRef segment, int slotsWanted)
    {
        SetWords(at, Store(SlotsOf(segment), segment.Depth, slotsWanted));
        Free(segment);
    }

    /// <summary>A new segment with a copy of these slots, and room for so many.</summary>
    private SegmentRef Store(ReadOnlySpan<ulong> slots, int depth, int slotsWanted)
    {
        ulong address = _slab.Allocate(slotsWanted * sizeof(ulong));
        _index.AddBytes(_slab.CellBytes(address));
        slots.CopyTo(_slab.WordsAt(address, slots.Length));
        return new SegmentRef(address, depth, slots.Length);
    }

    private void Free(SegmentRef segment)
    {
        if (segment.Address != 0)
        {
            _index.AddBytes(-_slab.CellBytes(segment.Address));
            _slab.Free(segment.Address);
        }
    }

    /// <summary>Fails when that would hardly help: nearly all slots on one side, or a directory that is too large for its keys.</summary>
    private bool TrySplit(int at, SegmentRef segment)
    {
        Span<ulong> slots = SlotsOf(segment);
        if (!CanSplit(slots, segment.Depth, out int middle))
        {
            return false;
        }

        if (segment.Depth == _depth)
        {
            DoubleDirectory();
            at *= 2;
        }

        int span = WordsOf(segment);
        int start = at & -span;
        SegmentRef low = Store(slots[..middle], segment.Depth + 1, RoomFor(middle));
        SegmentRef high = Store(slots[middle..], segment.Depth + 1, RoomFor(slots.Length - middle));
        Free(segment);
        SetWords(start, low);
        SetWords(start + (span >> 1), high);
        if (segment.Depth + 1 == _depth)
        {
            _deepest += 2;
        }

        return true;
    }

    /// <summary>Whether slots that fix so many bits are worth two segments, and where the second one begins.</summary>
    private bool CanSplit(ReadOnlySpan<ulong> slots, int depth, out int middle)
    {
        middle = 0;
        if (depth == BitsMax || (depth == _depth && Count < (_words.Length * 2L * KeysPerWordMin)))
        {
            return false;
        }

        ulong splitBit = 1UL << (BitsMax - depth - 1);
        ulong middleTag = (Slot.Tag(slots[0]) & ~((splitBit << 1) - 1)) | splitBit;
        middle = Slot.LowerBound(slots, Slot.FirstOfTag(middleTag));
        return Math.Min(middle, slots.Length - middle) >= slots.Length >> 3;
    }

    private static int RoomFor(int slots) => slots + Math.Max(slots >> 3, GrowthSlotsMin);

    /// <summary>Gives back what a removal left unused: part of the segment, all of it, or one of two buddies.</summary>
    private void Shrink(int at, SegmentRef segment)
    {
        if (segment.Count == 0)
        {
            SetWords(at, new SegmentRef(0, segment.Depth, 0));
            Free(segment);
        }
        else
        {
            int capacity = Capacity(segment);
            if (RoomFor(segment.Count) <= capacity - (capacity >> 3) - GrowthSlotsMin)
            {
                Resize(at, segment, RoomFor(segment.Count));
            }
        }

        while (TryMerge(ref at))
        {
        }
    }

    /// <summary>After a merge, <paramref name="at"/> is the word of the merged segment, in a directory that may be smaller.</summary>
    private bool TryMerge(ref int at)
    {
        var segment = new SegmentRef(_words[at]);
        if (segment.Depth == 0 || segment.Count > MergedSlotsMax)
        {
            return false;
        }

        int span = WordsOf(segment);
        int start = at & -span;
        var buddy = new SegmentRef(_words[start ^ span]);
        int count = segment.Count + buddy.Count;
        if (buddy.Depth != segment.Depth || count > MergedSlotsMax)
        {
            return false;
        }

        bool isLow = (start & span) == 0;
        SetWords(start, Join(isLow ? segment : buddy, isLow ? buddy : segment));
        Free(segment);
        Free(buddy);
        if (segment.Depth == _depth)
        {
            _deepest -= 2;
            while (_deepest == 0)
            {
                HalveDirectory();
                at >>= 1;
            }
        }

        return true;
    }

    private SegmentRef Join(SegmentRef low, SegmentRef high)
    {
        int count = low.Count + high.Count;
        if (count == 0)
        {
            return new SegmentRef(0, low.Depth - 1, 0);
        }

        SegmentRef joined = Store(SlotsOf(low), low.Depth - 1, RoomFor(count));
        SlotsOf(high).CopyTo(_slab.WordsAt(joined.Address, count)[low.Count..]);
        return joined.WithCount(count);
    }

    private void DoubleDirectory()
    {
        var doubled = new ulong[_words.Length * 2];
        for (int i = 0; i < _words.Length; i++)
        {
            doubled[2 * i] = _words[i];
            doubled[(2 * i) + 1] = _words[i];
        }

        _index.AddBytes(DirectoryBytes(doubled.Length) - DirectoryBytes(_words.Length));
        _words = doubled;
        _depth++;
        _deepest = 0;
    }

    private void HalveDirectory()
    {
        var halved = new ulong[_words.Length / 2];
        _depth--;
        for (int i = 0; i < halved.Length; i++)
        {
            halved[i] = _words[2 * i];
            _deepest += new SegmentRef(halved[i]).Depth == _depth ? 1 : 0;
        }

        _index.AddBytes(DirectoryBytes(halved.Length) - DirectoryBytes(_words.Length));
        _words = halved;
    }
}
