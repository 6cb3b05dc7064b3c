using RespKv.Engine.Commands;
using RespKv.Engine.Rdb;
using RespKv.Engine.Space;
using RespKv.Protocol;

namespace RespKv.Engine.Sessions;

/// <summary>A command that waits for EXEC.</summary>
internal readonly record struct QueuedCommand(CommandEntry Entry, StoredRequest Request);

/// <summary>What a client has queued since MULTI. Guarded by the turn.</summary>
internal sealed class CommandBlock
{
    /// <summary>Memory of a queued command beside its arguments' bytes: its place in the list, three objects and their headers.</summary>
    private const int CommandBytes = 112;

    /// <summary>Where an argument lies.</summary>
    private const int ArgumentBytes = 8;

    private readonly List<QueuedCommand> _commands = [];

    public IReadOnlyList<QueuedCommand> Commands => _commands;

    /// <summary>A command was refused while the block was queued: EXEC discards it.</summary>
    public bool IsAborted { get; set; }

    /// <summary>One of the commands may change keys.</summary>
    public bool Writes { get; private set; }

    /// <summary>One of the commands may make the data grow: the block may not use the reserve (D11).</summary>
    public bool Grows { get; private set; }

    /// <summary>One of the commands waits for the end of a CLIENT PAUSE ... WRITE without being a write.</summary>
    public bool MayReplicate { get; private set; }

    /// <summary>One of the commands is refused when memory is full.</summary>
    public bool DeniesOom { get; private set; }

    /// <summary>One of the commands may log a value that is in no argument: see <see cref="BlockBound"/>.</summary>
    public bool CopiesValues { get; private set; }

    /// <summary>
    /// What the block's record can become at most (D11), copied values not counted. Reads count too: a key that they find expired is deleted in
    /// the block's record.
    /// </summary>
    public long RecordBytes { get; private set; }

    /// <summary>Memory that the queue takes.</summary>
    public long Bytes { get; private set; }

    public void Add(CommandEntry entry, RequestArgs args)
    {
        Writes |= entry.Has(CommandFlags.Write);
        MayReplicate |= entry.Has(CommandFlags.MayReplicate);
        DeniesOom |= entry.Has(CommandFlags.DenyOom);
        bool copies = entry.Has(CommandFlags.CopiesValue | CommandFlags.StoresValues | CommandFlags.MovesElement);
        Grows |= copies || entry.Has(CommandFlags.DenyOom);
        CopiesValues |= copies || entry.Has(CommandFlags.RemovesElements);
        RecordBytes += RecordBound.Of(entry, args) + (entry.Has(CommandFlags.UnpacksArgument) ? RdbPayloadReader.UnpackedBytes(args[3]) : 0);
        Bytes += CommandBytes + args.ByteCount + ((long)args.Count * ArgumentBytes);
        _commands.Add(new QueuedCommand(entry, StoredRequest.Copy(args)));
    }
}
