using RespKv.Engine.Commands;
using RespKv.Engine.Commit;
using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Space;

/// <summary>
/// Lets commands pass that write, has them wait while the writer catches up or room is being made, and refuses them when there is none
/// (D11). Guarded by the turn.
/// </summary>
internal sealed class WriteGate(CommitPipeline commit, DiskSpace space, PostponedClients postponed)
{
    /// <summary>A MULTI block is running, for all of which there is room.</summary>
    public bool RunsBlock { get; set; }

    /// <summary>
    /// Whether a client's command may run now; the short way for most of them is <see cref="DiskSpace.FastBytesMax"/>. When it has to
    /// wait, the client is resumed when it may be worth another look.
    /// </summary>
    /// <param name="error">The reply, when it is refused.</param>
    public Admission Admit(Session session, CommandEntry entry, RequestArgs args, out string error)
        => Admit(session, RecordBound.Of(entry, args), entry.Has(CommandFlags.DenyOom), out error);

    /// <summary>As for a single command: a MULTI block is one record, and there is room for all of it or it does not begin.</summary>
    public Admission AdmitBlock(Session session, CommandBlock block, Databases databases, out string error)
    {
        long recordBytes = BlockBound.Of(block, databases);
        if (recordBytes > RecordBound.BlockBytesMax)
        {
            error = $"ERR the commands may need a record of {recordBytes} bytes in the log, a transaction may have {RecordBound.BlockBytesMax}";
            return Admission.Refused;
        }

        error = "";
        return commit.Fill.ByteCount + recordBytes <= space.FastBytesMax ? Admission.Accepted : Admit(session, recordBytes, block.Grows, out error);
    }

    /// <summary>
    /// Whether a waiting client may be served now. Not while the log lacks the room; that the batch is full is no reason, because
    /// what is served is as small as what has woken it.
    /// </summary>
    public bool AdmitServing(long recordBytes, bool grows)
        => commit.Fill.ByteCount + recordBytes <= space.FastBytesMax
            || space.Admit(commit.Fill.ByteCount, recordBytes, grows, out _) == Admission.Accepted;

    /// <summary>Resumes the client when the log may have room.</summary>
    public void PostponeForRoom(Session session) => postponed.UntilRoom(session);

    /// <summary>
    /// Asks for the room of a record that makes the data grow and may be larger than its command's arguments say. To be called before
    /// the command's first mutation.
    /// </summary>
    /// <exception cref="NoRoomException">There is none now, or none at all; nothing was changed. The executor handles it.</exception>
    public void RequireRoom(long recordBytes) => RequireRoom(recordBytes, grows: true);

    /// <summary>As <see cref="RequireRoom(long)"/>; a record that makes the data shrink (not <paramref name="grows"/>) may use the reserve.</summary>
    /// <exception cref="NoRoomException">There is none now, or none at all; nothing was changed. The executor handles it.</exception>
    public void RequireRoom(long recordBytes, bool grows)
    {
        long fillBytes = commit.Fill.ByteCount;
        if (fillBytes + recordBytes <= space.FastBytesMax)
        {
            return;
        }

        if (RunsBlock)
        {
            RequireRoomInBlock(fillBytes + recordBytes);
            return;
        }

        Admission admission = space.Admit(fillBytes, recordBytes, grows, out string error);
        if (admission != Admission.Accepted)
        {
            throw new NoRoomException(admission, error);
        }
    }

    /// <summary>Whether something may be logged that can as well be left out.</summary>
    public bool HasRoom(long recordBytes) => commit.Fill.ByteCount + recordBytes <= (RunsBlock ? space.FillBytesMax : space.FastBytesMax);

    /// <summary>Whether the deletion of a key that has expired may be logged: from the reserve too, but not beyond it.</summary>
    public bool TakesDeletion(int keyBytes) => commit.Fill.ByteCount + RecordBound.OfDeletion(keyBytes) <= space.FillBytesMax;

    private Admission Admit(Session session, long recordBytes, bool grows, out string error)
    {
        error = "";
        if (commit.IsFull)
        {
            postponed.UntilTaken(session);
            return Admission.Wait;
        }

        Admission admission = space.Admit(commit.Fill.ByteCount, recordBytes, grows, out error);
        if (admission == Admission.Wait)
        {
            PostponeForRoom(session);
        }

        return admission;
    }

    /// <summary>It was claimed for the block before it began. If that was a mistake, the one command fails: memory stays what the log says.</summary>
    private void RequireRoomInBlock(long neededBytes)
    {
        if (neededBytes > space.FillBytesMax)
        {
            throw new NoRoomException(Admission.Refused, "MISCONF RespKv has not claimed enough disk space for this transaction");
        }
    }
}
