//! Owns the pair of sockets that wakes an event loop.

#[cfg(unix)]
mod platform {
    use std::os::fd::AsRawFd as _;
    use std::os::unix::net::UnixStream;

    pub(crate) type Ear = UnixStream;
    pub(crate) type Mouth = UnixStream;

    pub(super) fn connected() -> std::io::Result<(Ear, Mouth)> {
        UnixStream::pair()
    }

    /// The descriptor, for a loop to watch.
    pub(crate) fn number(ear: &Ear) -> i64 {
        ear.as_raw_fd().into()
    }
}

#[cfg(not(unix))]
mod platform {
    use std::net::{Ipv4Addr, TcpListener, TcpStream};
    use std::os::windows::io::AsRawSocket as _;

    pub(crate) type Ear = TcpStream;
    pub(crate) type Mouth = TcpStream;

    pub(super) fn connected() -> std::io::Result<(Ear, Mouth)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let mouth = TcpStream::connect(listener.local_addr()?)?;
        mouth.set_nodelay(true)?;
        loop {
            let (ear, peer) = listener.accept()?;
            // Whoever else connects to the port is not the other end.
            if peer == mouth.local_addr()? {
                return Ok((ear, mouth));
            }
        }
    }

    /// The socket's handle, for a loop to watch.
    pub(crate) fn number(ear: &Ear) -> i64 {
        i64::try_from(ear.as_raw_socket()).unwrap_or(-1)
    }
}

pub(crate) use platform::{Ear, Mouth, number};

/// Two connected sockets, neither of which ever blocks.
pub(crate) fn pair() -> std::io::Result<(Ear, Mouth)> {
    let (ear, mouth) = platform::connected()?;
    ear.set_nonblocking(true)?;
    mouth.set_nonblocking(true)?;
    Ok((ear, mouth))
}
