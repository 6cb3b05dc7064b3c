using System.Buffers.Binary;
using RespKv.Fuzz.Running;
using RespKv.Storage.Wal;

namespace RespKv.Fuzz.Wal;

/// <summary>The head of an input of the log reader; the files follow. See <see cref="Disk.FileImages"/>.</summary>
/// <param name="IsCrafted">
/// Checksums were made to fit what was changed, so that more than what was written can be there. Otherwise the damage is what disks do.
/// </param>
/// <param name="Start">What the manifest says; see <see cref="ReadStart"/>.</param>
/// <param name="ClosesInOrder">How the log that was recovered is left.</param>
internal readonly record struct WalInput(bool IsCrafted, WalStart Start, bool ClosesInOrder)
{
    public const int HeadBytes = 16;

    private const byte CraftedFlag = 1;
    private const byte CloseFlag = 2;

    public static WalInput Read(ReadOnlySpan<byte> input)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        head.Clear();
        input[..Math.Min(HeadBytes, input.Length)].CopyTo(head);
        return new WalInput((head[0] & CraftedFlag) != 0, ReadStart(head), (head[0] & CloseFlag) != 0);
    }

    /// <summary>Where the head stands already.</summary>
    public static void MarkCrafted(Span<byte> input) => input[0] |= CraftedFlag;

    public void Write(InputBuffer input)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        head.Clear();
        head[0] = (byte)((IsCrafted ? CraftedFlag : 0) | (ClosesInOrder ? CloseFlag : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], (uint)Start.CheckpointLsn);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], Start.LogId);
        input.Add(head);
    }

    // A manifest without the id of a log has no checkpoint.
    private static WalStart ReadStart(ReadOnlySpan<byte> head)
    {
        ulong logId = BinaryPrimitives.ReadUInt64LittleEndian(head[8..]);
        return logId == 0 ? WalStart.None : new WalStart(logId, BinaryPrimitives.ReadUInt32LittleEndian(head[4..]));
    }
}
