using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace RespKv.Engine.Commands.HyperLogLogs;

/// <summary>A HyperLogLog's value, copied out of the keyspace to be changed. The bytes stay those that Redis would write.</summary>
internal sealed class HyperLogLog : IDisposable
{
    private const ulong Seed = 0xadc83b19;

    /// <summary>Of three runs that one is split into.</summary>
    private const int SplitBytesMax = 5;

    /// <summary>Runs that are looked at for neighbours to join behind a change. Redis's number: it decides what the bytes are.</summary>
    private const int JoinedRunsMax = 5;

    private readonly long _sparseBytesMax;

    private byte[] _bytes;

    private HyperLogLog(int length, long sparseBytesMax)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(length, HllFormat.DenseBytes) + SplitBytesMax);
        _sparseBytesMax = sparseBytesMax;
        Length = length;
    }

    /// <summary>What <see cref="Add"/> did.</summary>
    public enum Change
    {
        /// <summary>The register held as much already.</summary>
        None,

        /// <summary>A register has changed.</summary>
        Raised,

        /// <summary>The value is not what it says it is.</summary>
        Corrupted,
    }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public bool IsDense => _bytes[HllFormat.EncodingOffset] == HllFormat.Dense;

    /// <summary>An empty one: all registers 0, its cached cardinality right.</summary>
    public static HyperLogLog Create(long sparseBytesMax)
    {
        var created = new HyperLogLog(HllFormat.HeaderBytes + 2, sparseBytesMax);
        Span<byte> bytes = created._bytes;
        bytes[..HllFormat.HeaderBytes].Clear();
        HllFormat.Magic.CopyTo(bytes);
        bytes[HllFormat.EncodingOffset] = HllFormat.Sparse;
        HllRegisters.WriteLongZeros(bytes[HllFormat.HeaderBytes..], HllFormat.Registers);
        return created;
    }

    /// <summary>A copy of a value that <see cref="IsOne"/>.</summary>
    public static HyperLogLog Copy(ReadOnlySpan<byte> value, long sparseBytesMax)
    {
        var copy = new HyperLogLog(value.Length, sparseBytesMax);
        value.CopyTo(copy._bytes);
        return copy;
    }

    /// <summary>Whether a string looks like one: header and, if it is dense, length. Runs are checked where they are read.</summary>
    public static bool IsOne(ReadOnlySpan<byte> value)
        => value.Length >= HllFormat.HeaderBytes && value.StartsWith(HllFormat.Magic)
            && (value[HllFormat.EncodingOffset] == HllFormat.Sparse
                || (value[HllFormat.EncodingOffset] == HllFormat.Dense && value.Length == HllFormat.DenseBytes));

    /// <summary>The cached cardinality. False: it is out of date.</summary>
    public static bool TryCached(ReadOnlySpan<byte> value, out long cardinality)
    {
        cardinality = BinaryPrimitives.ReadInt64LittleEndian(value[HllFormat.CardinalityOffset..]);
        return (value[HllFormat.StaleOffset] & HllFormat.StaleBit) == 0;
    }

    /// <summary>Raises <paramref name="registers"/> (one byte each) to those of a value. False: it is corrupted.</summary>
    public static bool TryMerge(ReadOnlySpan<byte> value, Span<byte> registers)
    {
        ReadOnlySpan<byte> bytes = value[HllFormat.HeaderBytes..];
        if (value[HllFormat.EncodingOffset] == HllFormat.Dense)
        {
            for (int i = 0; i < HllFormat.Registers; i++)
            {
                registers[i] = Math.Max(registers[i], (byte)HllRegisters.Get(bytes, i));
            }

            return true;
        }

        int index = 0;
        while (!bytes.IsEmpty)
        {
            SparseRun run = HllRegisters.ReadRun(bytes);
            if (run.Length > HllFormat.Registers - index)
            {
                return false;
            }

            foreach (ref byte register in run.Value > 0 ? registers.Slice(index, run.Length) : default)
            {
                register = Math.Max(register, (byte)run.Value);
            }

            index += run.Length;
            bytes = bytes[Math.Min(run.Bytes, bytes.Length)..];
        }

        return index == HllFormat.Registers;
    }

    /// <summary>Adds an element.</summary>
    public Change Add(ReadOnlySpan<byte> element)
    {
        ulong hash = MurmurHash.Compute(element, Seed);
        int rank = BitOperations.TrailingZeroCount((hash >> HllFormat.IndexBits) | (1UL << HllFormat.RankBits)) + 1;
        return Raise((int)(hash & (HllFormat.Registers - 1)), rank);
    }

    /// <summary>Raises a register to <paramref name="value"/>, if it is lower. A sparse one may become dense by that.</summary>
    public Change Raise(int index, int value)
    {
        if (!IsDense)
        {
            return RaiseSparse(index, value);
        }

        Span<byte> registers = _bytes.AsSpan(HllFormat.HeaderBytes, HllFormat.DenseBytes - HllFormat.HeaderBytes);
        if (HllRegisters.Get(registers, index) >= value)
        {
            return Change.None;
        }

        HllRegisters.Set(registers, index, value);
        return Change.Raised;
    }

    /// <summary>Makes it dense. False: it is corrupted, and stays as it is.</summary>
    public bool TryMakeDense()
    {
        if (IsDense)
        {
            return true;
        }

        byte[] dense = ArrayPool<byte>.Shared.Rent(HllFormat.DenseBytes + SplitBytesMax);
        Array.Clear(dense);
        Bytes[..HllFormat.HeaderBytes].CopyTo(dense);
        dense[HllFormat.EncodingOffset] = HllFormat.Dense;
        Span<byte> registers = dense.AsSpan(HllFormat.HeaderBytes);
        ReadOnlySpan<byte> runs = Bytes[HllFormat.HeaderBytes..];
        int index = 0;
        while (!runs.IsEmpty && index <= HllFormat.Registers)
        {
            SparseRun run = HllRegisters.ReadRun(runs);
            for (int i = index; run.Value > 0 && i < Math.Min(index + run.Length, HllFormat.Registers); i++)
            {
                HllRegisters.Set(registers, i, run.Value);
            }

            index += run.Length;
            runs = runs[Math.Min(run.Bytes, runs.Length)..];
        }

        if (index != HllFormat.Registers)
        {
            ArrayPool<byte>.Shared.Return(dense);
            return false;
        }

        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = dense;
        Length = HllFormat.DenseBytes;
        return true;
    }

    public void MarkStale() => _bytes[HllFormat.StaleOffset] |= HllFormat.StaleBit;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private Change RaiseSparse(int index, int value)
    {
        if (value > HllFormat.SparseValueMax)
        {
            return RaiseAsDense(index, value);
        }

        if (!TryFindRun(index, out int at, out int previous, out int first, out SparseRun run))
        {
            return Change.Corrupted;
        }

        if (run.Value >= value)
        {
            return Change.None;
        }

        Span<byte> split = stackalloc byte[SplitBytesMax];
        int splitBytes = Split(split, run, index - first, value);
        int growth = splitBytes - run.Bytes;

        // A run that is replaced where it lies is not looked at for its length, as in Redis.
        if (growth > 0 && Length + growth > _sparseBytesMax)
        {
            return RaiseAsDense(index, value);
        }

        int behind = Math.Min(at + run.Bytes, Length);
        Bytes[behind..].CopyTo(_bytes.AsSpan(at + splitBytes));
        split[..splitBytes].CopyTo(_bytes.AsSpan(at));
        Length = at + splitBytes + (Length - behind);
        JoinRuns(previous);
        MarkStale();
        return Change.Raised;
    }

    private Change RaiseAsDense(int index, int value) => TryMakeDense() ? Raise(index, value) : Change.Corrupted;

    /// <summary>Finds the run that holds a register: where it and the one before it begin, and its first register.</summary>
    private bool TryFindRun(int index, out int at, out int previous, out int first, out SparseRun run)
    {
        at = HllFormat.HeaderBytes;
        previous = at;
        first = 0;
        run = default;
        while (at < Length)
        {
            run = HllRegisters.ReadRun(Bytes[at..]);
            if (index < first + run.Length)
            {
                return true;
            }

            previous = at;
            at += run.Bytes;
            first += run.Length;
        }

        return false;
    }

    /// <summary>What takes the place of a run when the register at <paramref name="position"/> in it gets another value. Returns its bytes.</summary>
    private static int Split(Span<byte> target, SparseRun run, int position, int value)
    {
        int at = WriteRun(target, run.Value, position);
        at += HllRegisters.WriteValues(target[at..], value, 1);
        return at + WriteRun(target[at..], run.Value, run.Length - position - 1);
    }

    private static int WriteRun(Span<byte> target, int value, int length)
        => length == 0 ? 0 : value > 0 ? HllRegisters.WriteValues(target, value, length) : HllRegisters.WriteZeros(target, length);

    /// <summary>Joins neighbours of one value, from a run on.</summary>
    private void JoinRuns(int at)
    {
        for (int i = 0; i < JoinedRunsMax && at < Length; i++)
        {
            SparseRun run = HllRegisters.ReadRun(Bytes[at..]);
            if (run.Value > 0 && at + 1 < Length)
            {
                SparseRun next = HllRegisters.ReadRun(Bytes[(at + 1)..]);
                if (next.Value == run.Value && run.Length + next.Length <= HllFormat.ValueRunMax)
                {
                    HllRegisters.WriteValues(_bytes.AsSpan(at), run.Value, run.Length + next.Length);
                    Bytes[(at + 2)..].CopyTo(_bytes.AsSpan(at + 1));
                    Length--;
                    continue;
                }
            }

            at += run.Bytes;
        }
    }
}
