using System.Text;
using RespKv.Engine.Execution;

namespace RespKv.Engine.Commands.Info;

/// <summary>One section of INFO.</summary>
/// <param name="Name">Lower case, as a client asks for it.</param>
/// <param name="Title">As the reply heads it.</param>
/// <param name="Write">Writes the fields.</param>
/// <param name="IsDefault">Part of an INFO that names no section.</param>
internal sealed record InfoSection(string Name, string Title, Action<ReadContext, InfoText> Write, bool IsDefault = true)
{
    private readonly byte[] _nameUtf8 = Encoding.ASCII.GetBytes(Name);

    public ReadOnlySpan<byte> NameUtf8 => _nameUtf8;
}
