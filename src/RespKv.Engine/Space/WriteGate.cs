using RespKv.Engine.Commands;
using RespKv.Engine.Commit;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Space;

/// <summary>
/// Lets commands pass that write, has them wait while the writer catches up or room is being made, and refuses them when there is none
/// (D11). Guarded by the turn.
/// </summary>
internal sealed class WriteGate(CommitPipeline commit, DiskSpace space, PostponedClients postponed)
{
    /// <summary>
    /// Whether a client's command may run now; the short way for most of them is <see cref="DiskSpace.FastBytesMax"/>. When it has to
    /// wait, the client is resumed when it may be worth another look.
    /// </summary>
    /// <param name="error">The reply, when it is refused.</param>
    public Admission Admit(Session session, CommandEntry entry, RequestArgs args, out string error)
    {
        error = "";
        if (commit.IsFull)
        {
            postponed.UntilTaken(session);
            return Admission.Wait;
        }

        Admission admission = space.Admit(commit.Fill.ByteCount, RecordBound.Of(entry, args), entry.Has(CommandFlags.DenyOom), out error);
        if (admission == Admission.Wait)
        {
            PostponeForRoom(session);
        }

        return admission;
    }

    /// <summary>Resumes the client when the log may have room.</summary>
    public void PostponeForRoom(Session session) => postponed.UntilRoom(session);

    /// <summary>
    /// Asks for the room of a record that makes the data grow and may be larger than its command's arguments say. To be called before
    /// the command's first mutation.
    /// </summary>
    /// <exception cref="NoRoomException">There is none now, or none at all; nothing was changed. The executor handles it.</exception>
    public void RequireRoom(long recordBytes)
    {
        long fillBytes = commit.Fill.ByteCount;
        if (fillBytes + recordBytes <= space.FastBytesMax)
        {
            return;
        }

        Admission admission = space.Admit(fillBytes, recordBytes, grows: true, out string error);
        if (admission != Admission.Accepted)
        {
            throw new NoRoomException(admission, error);
        }
    }

    /// <summary>Whether the deletion of a key that has expired may be logged: from the reserve too, but not beyond it.</summary>
    public bool TakesDeletion(int keyBytes) => commit.Fill.ByteCount + RecordBound.OfDeletion(keyBytes) <= space.FillBytesMax;
}
